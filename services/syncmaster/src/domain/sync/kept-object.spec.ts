import type { KubeObject } from '@k8or/kube-objects'
import type { MemoryWorld } from '../../../test/memory-world'
import { configMap, look, publish, worldOf } from '../../../test/shop'

const approved = 'argocd.argoproj.io/deletion-approved'
const finalizers = ['resources-finalizer.argocd.argoproj.io']

const optional = (name: string, options: string): KubeObject =>
  configMap(name, '1', { 'argocd.argoproj.io/sync-options': options })

/** An application that prunes by itself, with its first release applied. */
async function appliedWorld(syncOptions: string[], ...manifests: KubeObject[]): Promise<MemoryWorld> {
  const world = worldOf({ automated: { prune: true }, syncOptions })
  await release(world, 1, '2026-01-01T00:00:00Z', manifests)
  return world
}

async function release(world: MemoryWorld, release: number, renderedAt: string, manifests: KubeObject[]) {
  publish(world, release, manifests)
  world.release = { ...world.release!, renderedAt }
  await look(world)
}

const approve = (world: MemoryWorld, at: string) => world.edit({ metadata: { annotations: { [approved]: at } } })
const names = (world: MemoryWorld) => [...world.objects.values()].map(({ metadata }) => metadata.name)

describe('services/syncmaster/src/domain/sync/kept-object', () => {
  it('A8.5 prunes what asks for a confirmation once somebody approved it, and by no approval from before', async () => {
    const world = await appliedWorld([], configMap('a'), optional('b', 'Prune=confirm'), configMap('c'))
    approve(world, '2026-01-01T12:00:00Z')
    await release(world, 2, '2026-01-02T00:00:00Z', [configMap('a')])
    expect(names(world)).toEqual(['a', 'b'])
    const { operationState, resources } = world.application.status
    expect(operationState?.syncResult?.resources?.[1]).toMatchObject({
      status: 'PruneSkipped',
      message: expect.stringContaining(`pruning waits for approval: annotate the Application with ${approved}=`),
    })
    expect(resources?.[1]).toMatchObject({ name: 'b', requiresPruning: true, requiresDeletionConfirmation: true })
    approve(world, '2026-01-02T00:01:00Z')
    await look(world)
    expect(names(world)).toEqual(['a'])
  })

  it('A9 deletes nothing of an Application before its objects that ask for a confirmation are approved', async () => {
    const world = await appliedWorld([], configMap('a'), optional('b', 'Delete=confirm'))
    world.edit({ metadata: { deletionTimestamp: '2026-01-02T00:00:00Z', finalizers } })
    approve(world, '2026-01-01T23:59:00Z')
    await look(world)
    expect(names(world)).toEqual(['a', 'b'])
    expect(world.application.status.conditions).toMatchObject([
      { type: 'DeletionError', message: expect.stringContaining('ConfigMap front/b: deletion waits for approval') },
    ])
    approve(world, '2026-01-02T00:01:00Z')
    await look(world)
    expect(names(world)).toEqual([])
    expect(world.application.finalizers).toEqual([])
  })

  it('A9 A8.6 spares what the Application spares, unless the object says otherwise', async () => {
    const world = await appliedWorld(['Delete=false'], configMap('a'), optional('b', 'Delete=true'))
    world.edit({ metadata: { deletionTimestamp: '2026-01-02T00:00:00Z', finalizers } })
    await look(world)
    expect(names(world)).toEqual(['a'])
    expect(world.application.finalizers).toEqual([])
  })

  it('A8.6 with FailOnSharedResource applies nothing that another application has', async () => {
    const world = await appliedWorld([], configMap('a'))
    const [[key, object] = ['', configMap('a')]] = world.objects
    const annotations = { 'argocd.argoproj.io/tracking-id': 'other:/ConfigMap:front/a' }
    world.objects.set(key, { ...object, metadata: { ...object.metadata, annotations } })
    world.edit({
      spec: { syncPolicy: { automated: {}, syncOptions: ['FailOnSharedResource=true'], retry: { limit: 0 } } },
    })
    await release(world, 2, '2026-01-02T00:00:00Z', [optional('a', 'Validate=false'), configMap('b')])
    expect(world.applies).toEqual(['a', 'b'])
    expect(world.application.status.operationState).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('ConfigMap front/a is part of application other too'),
    })
  })
})
