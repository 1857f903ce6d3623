import { parseApplication } from './application'
import { terminationOf, terminationPatch } from './termination'

const applicationOf = (annotations: Record<string, string>, phase?: string) =>
  parseApplication({
    metadata: { uid: 'u', name: 'shop', namespace: 'argocd', annotations },
    ...(phase === undefined ? {} : { status: { operationState: { phase, startedAt: '2026-01-01T00:00:00Z' } } }),
  })

describe('services/syncmaster/src/domain/application/termination', () => {
  it('A8.3 is asked for by an annotation that names who asks, or by the phase', () => {
    const patch = terminationPatch(applicationOf({}, 'Running'), 'user:ada', '2026-01-01T00:00:00Z')
    expect(patch).toMatchObject({ status: { operationState: { phase: 'Terminating' } } })
    const { annotations } = patch['metadata'] as { annotations: Record<string, string> }
    expect(terminationOf(applicationOf(annotations, 'Running'))).toEqual({ actor: 'user:ada' })
    expect(terminationOf(applicationOf({}, 'Terminating'))).toEqual({ actor: 'unknown' })
    expect(terminationOf(applicationOf({ 'k8or.dev/terminate': 'now!' }))).toEqual({ actor: 'unknown' })
    expect(terminationOf(applicationOf({}, 'Running'))).toBeUndefined()
  })

  it('says nothing in the status of an operation that has not begun', () => {
    expect(terminationPatch(applicationOf({}), 'user:ada', '')).not.toHaveProperty('status')
  })
})
