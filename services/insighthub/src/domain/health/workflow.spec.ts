import type { HealthStatus } from '@k8or/contracts'
import { workflow } from './workflow'

describe('services/insighthub/src/domain/health/workflow', () => {
  it.each<[string, object, HealthStatus, string | RegExp]>([
    ['nothing yet', {}, 'Progressing', /^$/],
    ['Running', { status: { phase: 'Running' } }, 'Progressing', /^$/],
    ['Succeeded', { status: { phase: 'Succeeded' } }, 'Healthy', /^$/],
    ['Failed', { status: { phase: 'Failed', message: 'step 2 failed' } }, 'Degraded', 'step 2 failed'],
    ['Error', { status: { phase: 'Error' } }, 'Degraded', 'Error'],
  ])('A13 judges one that says: %s', (_, object, status, message) => {
    const verdict = workflow.judge(object)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
  })
})
