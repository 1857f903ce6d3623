import type { HealthStatus } from '@k8or/contracts'
import { rollout } from './rollout'

describe('services/insighthub/src/domain/health/rollout', () => {
  it.each<[string, object, HealthStatus, string | RegExp]>([
    ['nothing yet', {}, 'Progressing', 'observe'],
    ['Healthy', { status: { phase: 'Healthy' } }, 'Healthy', /^$/],
    ['Degraded', { status: { phase: 'Degraded', message: 'metric exceeded' } }, 'Degraded', 'metric exceeded'],
    ['Progressing', { status: { phase: 'Progressing', message: 'more replicas' } }, 'Progressing', 'more replicas'],
    ['Paused', { status: { phase: 'Paused', message: 'CanaryPauseStep' } }, 'Suspended', 'CanaryPauseStep'],
    ['a word of its own', { status: { phase: 'Resting' } }, 'Unknown', '"Resting"'],
    [
      'it of an older specification',
      { metadata: { generation: 3 }, status: { observedGeneration: '2', phase: 'Healthy' } },
      'Progressing',
      'observe',
    ],
    [
      'it of the newest',
      { metadata: { generation: 3 }, status: { observedGeneration: '3', phase: 'Healthy' } },
      'Healthy',
      /^$/,
    ],
    [
      'it with a digest',
      { metadata: { generation: 3 }, status: { observedGeneration: '7d5fb', phase: 'Healthy' } },
      'Healthy',
      /^$/,
    ],
  ])('A13 judges one that says: %s', (_, object, status, message) => {
    const verdict = rollout.judge(object)
    expect(verdict.status).toBe(status)
    expect(verdict.message).toMatch(message)
  })
})
