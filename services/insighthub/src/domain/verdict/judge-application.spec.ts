import type { HealthStatus } from '@k8or/contracts'
import { judgeApplication, type ManagedVerdict } from './judge-application'

const managed = (name: string, status: HealthStatus | null, more: Partial<ManagedVerdict> = {}): ManagedVerdict => ({
  ref: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name },
  health: status === null ? null : { status, message: '' },
  isLive: status !== 'Missing',
  counts: true,
  ...more,
})

describe('services/insighthub/src/domain/verdict/judge-application', () => {
  it.each<[string, (HealthStatus | null)[], HealthStatus, string]>([
    ['all healthy', ['Healthy', 'Healthy'], 'Healthy', ''],
    ['suspended is worse than healthy', ['Healthy', 'Suspended'], 'Suspended', 'Caused by apps/Deployment:shop/b'],
    [
      'progressing is worse than suspended',
      ['Progressing', 'Suspended'],
      'Progressing',
      'Caused by apps/Deployment:shop/a',
    ],
    ['degraded is worse than progressing', ['Progressing', 'Degraded'], 'Degraded', 'Caused by apps/Deployment:shop/b'],
    ['unknown is worst', ['Unknown', 'Degraded'], 'Unknown', 'Caused by apps/Deployment:shop/a'],
    ['what no rule knows does not count', [null, 'Healthy'], 'Healthy', ''],
    ['only what no rule knows is healthy', [null], 'Healthy', ''],
    ['a missing one does not count', ['Missing', 'Healthy'], 'Healthy', ''],
    ['nothing live is missing', ['Missing', 'Missing'], 'Missing', 'None of its objects is live'],
    ['no objects are missing', [], 'Missing', 'None of its objects is live'],
  ])('A13 takes the worst: %s', (_, statuses, status, message) => {
    const objects = statuses.map((each, at) => managed('abcdef'.charAt(at), each))
    expect(judgeApplication(objects)).toEqual({ status, message })
  })

  it('A13 leaves out hooks and what asks to be ignored', () => {
    expect(judgeApplication([managed('a', 'Healthy'), managed('b', 'Degraded', { counts: false })]).status).toBe(
      'Healthy',
    )
  })

  it('A13 names the first three causes and counts the rest', () => {
    const objects = ['e', 'd', 'c', 'b', 'a'].map((name) => managed(name, 'Degraded'))
    expect(judgeApplication(objects).message).toBe(
      'Caused by apps/Deployment:shop/a, apps/Deployment:shop/b, apps/Deployment:shop/c and 2 more',
    )
  })
})
