import type { HealthStatus } from '@k8or/contracts'
import { ingress } from './ingress'

describe('services/insighthub/src/domain/health/ingress', () => {
  it.each<[string, object, HealthStatus, string | RegExp]>([
    ['has not been looked at', {}, 'Progressing', 'load balancer'],
    ['no entry', { status: { loadBalancer: {} } }, 'Progressing', 'load balancer'],
    ['no entries', { status: { loadBalancer: { ingress: [] } } }, 'Progressing', 'load balancer'],
    ['an address', { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }, 'Healthy', /^$/],
  ])('A13 judges one that has: %s', (_, object, status, message) => {
    const verdict = ingress.judge(object)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
  })
})
