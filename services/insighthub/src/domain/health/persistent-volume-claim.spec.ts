import type { HealthStatus } from '@k8or/contracts'
import { persistentVolumeClaim } from './persistent-volume-claim'

describe('services/insighthub/src/domain/health/persistent-volume-claim', () => {
  it.each<[string, object, HealthStatus, string | RegExp]>([
    ['pending', { status: { phase: 'Pending' } }, 'Progressing', 'volume'],
    ['bound', { status: { phase: 'Bound' } }, 'Healthy', /^$/],
    ['lost', { status: { phase: 'Lost' } }, 'Degraded', 'gone'],
    ['something else', { status: { phase: 'Released' } }, 'Unknown', '"Released"'],
    ['without a phase', {}, 'Unknown', 'no phase'],
  ])('A13 judges one that is: %s', (_, object, status, message) => {
    const verdict = persistentVolumeClaim.judge(object)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
  })
})
