import { create } from '@bufbuild/protobuf'
import { ApplicationSchema, GetResponseSchema } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { deadEndOf, missingOf } from './hope'

const name = { namespace: 'argocd', name: 'shop' }
const fine = { name, syncStatus: 'Synced', healthStatus: 'Healthy', phase: 'Succeeded' }
const application = (more: object) => create(ApplicationSchema, { ...fine, ...more })
const response = (more: object, resources: object[] = []) =>
  create(GetResponseSchema, { application: { ...fine, ...more }, resources })
const asked = '2026-11-21T09:40:01.500Z'
const both = { health: true, sync: true }
const ended = { operationRequestedAt: asked, operationFinishedAt: '2026-11-21T09:40:01Z' }
const surplus = { kind: 'ConfigMap', namespace: 'shop', name: 'old', syncStatus: 'OutOfSync', requiresPruning: true }

describe('hosts/k8or/src/client/app/hope', () => {
  it('names what an application still lacks', () => {
    expect(missingOf(application({}), both)).toEqual([])
    expect(missingOf(application({ syncStatus: 'OutOfSync', healthStatus: 'Missing' }), both)).toEqual([
      'Synced',
      'Healthy',
    ])
    expect(missingOf(application({ syncStatus: 'OutOfSync' }), { health: true, sync: false })).toEqual([])
  })

  it.each([
    ['runs', { operationRequestedAt: asked, phase: 'Running' }, ['done']],
    ['was asked for by another call', { ...ended, operationRequestedAt: '2026-11-21T09:40:01.400Z' }, ['done']],
    ['was begun by itself before', { operationStartedAt: '2026-11-21T09:40:01Z' }, ['done']],
    ['has ended', ended, []],
    ['made place for a later one', { operationStartedAt: '2026-11-21T09:40:02Z', phase: 'Running' }, []],
  ])('knows whether the operation that was asked for is over: it %s', (_, state, missing) => {
    expect(missingOf(application(state), { health: false, sync: false, operationSince: asked })).toEqual(missing)
  })

  it('sees a dead end when the operation that was asked for has failed, and tells its message', () => {
    const failed = { ...ended, phase: 'Failed', message: 'it was refused' }
    expect(deadEndOf(response(failed), { ...both, operationSince: asked })).toEqual({
      message: 'the sync of argocd/shop ended Failed: it was refused',
      nextStep: 'see `k8or app get argocd/shop`',
    })
    expect(deadEndOf(response({ ...failed, operationRequestedAt: '' }), { ...both, operationSince: asked })).toBe(
      undefined,
    )
  })

  it('sees a dead end when the last operation failed and what is waited for is to be in sync', () => {
    const failed = { syncStatus: 'OutOfSync', phase: 'Error', message: 'it was refused' }
    expect(deadEndOf(response(failed), both)?.message).toContain('ended Error: it was refused')
    expect(deadEndOf(response({ ...failed, phase: 'Running' }), both)).toBeUndefined()
    expect(deadEndOf(response({ ...failed, syncStatus: 'Synced' }), both)).toBeUndefined()
    expect(deadEndOf(response(failed), { health: true, sync: false })).toBeUndefined()
  })

  it('sees a dead end when only objects that require pruning are left', () => {
    const outOfSync = { syncStatus: 'OutOfSync' }
    const end = deadEndOf(response(outOfSync, [surplus]), both)
    expect(end?.message).toContain('1 objects that left the sources require pruning (ConfigMap shop/old)')
    expect(end?.nextStep).toContain('k8or app sync argocd/shop --prune')
    const changed = { kind: 'Service', name: 'web', syncStatus: 'OutOfSync' }
    expect(deadEndOf(response(outOfSync, [surplus, changed]), both)).toBeUndefined()
    expect(deadEndOf(response(outOfSync, [{ ...surplus, healthStatus: 'Progressing' }]), both)).toBeUndefined()
    expect(deadEndOf(response(outOfSync), both)).toBeUndefined()
  })
})
