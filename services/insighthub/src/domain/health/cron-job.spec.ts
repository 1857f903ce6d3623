import type { HealthStatus } from '@k8or/contracts'
import { cronJob } from './cron-job'

describe('services/insighthub/src/domain/health/cron-job', () => {
  it.each<[string, object, HealthStatus, string | RegExp]>([
    ['no status', {}, 'Progressing', 'controller'],
    ['not run yet', { status: {} }, 'Healthy', /^$/],
    ['not succeeded yet', { status: { lastScheduleTime: '2026-01-02T00:00:00Z' } }, 'Healthy', /^$/],
    [
      'succeeded at last',
      { status: { lastScheduleTime: '2026-01-02T00:00:00Z', lastSuccessfulTime: '2026-01-02T00:00:09Z' } },
      'Healthy',
      /^$/,
    ],
    [
      'failed at last',
      { status: { lastScheduleTime: '2026-01-02T00:00:00Z', lastSuccessfulTime: '2026-01-01T00:00:09Z' } },
      'Degraded',
      '2026-01-01T00:00:09Z',
    ],
    [
      'one run active',
      {
        status: {
          active: [{}],
          lastScheduleTime: '2026-01-02T00:00:00Z',
          lastSuccessfulTime: '2026-01-01T00:00:09Z',
        },
      },
      'Healthy',
      '1 job is running',
    ],
  ])('A13 judges one that has: %s', (_, object, status, message) => {
    const verdict = cronJob.judge(object)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
  })
})
