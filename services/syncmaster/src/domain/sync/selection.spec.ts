import type { KubeObject } from '@k8or/kube-objects'
import type { MemoryWorld } from '../../../test/memory-world'
import { configMap, look, publish, worldOf } from '../../../test/shop'

/** An application that only people sync. */
function pickable(...manifests: KubeObject[]): MemoryWorld {
  const world = worldOf(null)
  publish(world, 1, manifests)
  return world
}

async function sync(world: MemoryWorld, sync: object): Promise<void> {
  world.edit({ operation: { sync, initiatedBy: { username: 'ada' } } })
  await look(world)
}

const one = (name: string, more: object = {}): object => ({ group: '', kind: 'ConfigMap', name, ...more })
const stateOf = (world: MemoryWorld) => world.application.status.operationState

describe('services/syncmaster/src/domain/sync/selection', () => {
  it('A8.7 applies only what was picked, tells the truth about the rest, and is no deployment', async () => {
    const world = pickable(configMap('a'), configMap('b'), configMap('c'))
    await sync(world, { resources: [one('a'), one('c', { namespace: 'front' })] })
    expect(world.applies).toEqual(['a', 'c'])
    const { status } = world.application
    expect(status.sync?.status).toBe('OutOfSync')
    expect(status.resources?.map(({ name, status: word }) => `${name} ${String(word)}`)).toEqual([
      ...['a Synced', 'b OutOfSync', 'c Synced'],
    ])
    expect(status.history).toBeUndefined()
    expect(stateOf(world)?.syncResult?.resources?.map(({ name }) => name)).toEqual(['a', 'c'])
    await sync(world, {})
    expect(world.applies).toEqual(['a', 'c', 'b'])
    expect(world.application.status).toMatchObject({ sync: { status: 'Synced' }, history: [{ revision: 'commit-1' }] })
  })

  it('A8.7 waits between waves only where what was picked has several', async () => {
    const deployment = (name: string, wave: string): KubeObject => ({
      ...configMap(name, '1', { 'argocd.argoproj.io/sync-wave': wave }),
      ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    })
    const world = pickable(deployment('a', '0'), deployment('b', '1'), deployment('c', '1'))
    const pick = (...names: string[]) => names.map((name) => ({ group: 'apps', kind: 'Deployment', name }))
    await sync(world, { resources: pick('b', 'c') })
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded' })
    publish(world, 2, [deployment('a', '0'), deployment('b', '1')])
    await sync(world, { resources: pick('a', 'b') })
    expect(stateOf(world)).toMatchObject({
      phase: 'Running',
      message: 'waiting for healthy state of apps/Deployment/a',
    })
  })

  it('A8.7 A8.5 deletes only what was picked, and only with prune', async () => {
    const world = pickable(configMap('a'), configMap('b'), configMap('keep'))
    await sync(world, {})
    publish(world, 2, [configMap('keep')])
    await sync(world, { resources: [one('a')] })
    expect(stateOf(world)?.syncResult?.resources).toMatchObject([{ name: 'a', status: 'PruneSkipped' }])
    await sync(world, { resources: [one('a')], prune: true })
    expect([...world.objects.keys()]).toEqual(['/ConfigMap/front/b', '/ConfigMap/front/keep'])
  })

  it('A8.4 A8.7 runs no hooks, and so is not held back by them', async () => {
    const world = pickable(configMap('a'), configMap('hook', '1', { 'argocd.argoproj.io/hook': 'PreSync' }))
    await sync(world, { resources: [one('a')] })
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded' })
    expect(world.applies).toEqual(['a'])
  })

  it('A8.4 runs no hooks with the strategy apply either, and refuses force by name', async () => {
    const world = pickable(configMap('a'), configMap('hook', '1', { 'argocd.argoproj.io/hook': 'PreSync' }))
    await sync(world, { syncStrategy: { hook: { force: true } } })
    expect(stateOf(world)).toMatchObject({ phase: 'Error', message: expect.stringContaining('force is not supported') })
    await sync(world, { syncStrategy: { hook: {} } })
    expect(stateOf(world)).toMatchObject({ phase: 'Error', message: expect.stringContaining('is a PreSync hook') })
    await sync(world, { syncStrategy: { apply: {} } })
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded' })
    expect(world.applies).toEqual(['a'])
  })

  it('refuses what is no object of the application, by name', async () => {
    const world = pickable(configMap('a'))
    await sync(world, { resources: [one('a'), one('typo', { namespace: 'front' })] })
    expect(world.applies).toEqual([])
    expect(stateOf(world)).toMatchObject({
      phase: 'Error',
      message: ':ConfigMap:front/typo is no object of the application; see `k8or app get shop`',
    })
  })
})
