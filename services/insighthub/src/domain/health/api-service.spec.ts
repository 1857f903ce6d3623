import type { HealthStatus } from '@k8or/contracts'
import { apiService } from './api-service'

describe('services/insighthub/src/domain/health/api-service', () => {
  it.each<[string, object, HealthStatus, string | RegExp]>([
    ['not looked at', {}, 'Progressing', 'available'],
    [
      'not available',
      { status: { conditions: [{ type: 'Available', status: 'False', message: 'no endpoints' }] } },
      'Progressing',
      'no endpoints',
    ],
    [
      'available',
      { status: { conditions: [{ type: 'Available', status: 'True', message: 'passes' }] } },
      'Healthy',
      'passes',
    ],
  ])('A13 judges one that is: %s', (_, object, status, message) => {
    const verdict = apiService.judge(object)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
  })
})
