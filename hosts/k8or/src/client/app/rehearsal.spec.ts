import { create } from '@bufbuild/protobuf'
import { DiffResponseSchema, GetResponseSchema } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import pc from 'picocolors'
import { rehearsalAnswer } from './rehearsal'

const look = { isWide: false, colors: pc.createColors(false) }
const ref = (kind: string, name: string) => ({ kind, namespace: 'shop', name })

describe('hosts/k8or/src/client/app/rehearsal', () => {
  it('tells what a sync would do to each object and whether that would succeed', () => {
    const response = create(GetResponseSchema, {
      application: { phase: 'Failed', message: 'one or more objects failed to apply' },
      results: [
        { ...ref('ConfigMap', 'a'), status: 'Synced', message: 'configmap/a created (dry run)' },
        { ...ref('Service', 'b'), status: 'SyncFailed', message: 'spec.ports[0].port: Invalid value' },
        { ...ref('ConfigMap', 'old'), status: 'PruneSkipped', message: 'ignored (requires pruning)' },
        { ...ref('ConfigMap', 'same'), status: 'Synced', message: 'configmap/same unchanged' },
      ],
    })
    const plan = create(DiffResponseSchema, {
      objects: [
        { resource: ref('ConfigMap', 'a'), change: 'create' },
        { resource: ref('Service', 'b'), change: 'configure' },
        { resource: ref('ConfigMap', 'old'), change: 'keep', reason: 'would be pruned (needs --prune)' },
        { resource: ref('ConfigMap', 'same'), change: 'unchanged' },
      ],
    })
    const answer = rehearsalAnswer(response, plan)
    expect(`\n${answer.table(look)}\n`).toBe(`
KIND        NAME       ACTION      RESULT         MESSAGE
ConfigMap   shop/a     create      Synced         configmap/a created (dry run)
Service     shop/b     configure   SyncFailed     spec.ports[0].port: Invalid value
ConfigMap   shop/old   keep        PruneSkipped   would be pruned (needs --prune)

dry run Failed: one or more objects failed to apply
`)
    expect(answer.data).toMatchObject({ phase: 'Failed', objects: [{ action: 'create' }, {}, {}, {}] })
  })

  it('says so when there is nothing to do', () => {
    const response = create(GetResponseSchema, { application: { phase: 'Succeeded', message: 'synced' } })
    expect(rehearsalAnswer(response, create(DiffResponseSchema, {})).table(look)).toContain('nothing to do')
  })
})
