import type { MemoryWorld } from '../../../../test/memory-world'
import { configMap, dataOf, look, publish, settings, signal, uid, worldOf } from '../../../../test/shop'
import { Reconciler } from '../reconciler'

describe('services/syncmaster/src/domain/sync/steps/delete-application', () => {
  const deletedWorld = async (finalizers: string[]): Promise<MemoryWorld> => {
    const world = worldOf()
    publish(world, 1, [configMap('a')])
    await look(world)
    world.edit({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers } })
    await look(world, 2)
    return world
  }
  const cascading = 'resources-finalizer.argocd.argoproj.io'

  it.each(['post-delete-finalizer.argocd.argoproj.io', 'post-delete-finalizer.argocd.argoproj.io/cleanup'])(
    'A9 says that it can not run the hooks for which %s holds an Application, once the objects are gone',
    async (finalizer) => {
      const world = await deletedWorld([cascading, finalizer, 'example.org/other'])
      expect(dataOf(world)).toEqual({})
      expect(world.application.finalizers).toEqual([finalizer, 'example.org/other'])
      expect(world.application.status.conditions).toMatchObject([
        {
          type: 'DeletionError',
          message: expect.stringContaining(`then remove ${finalizer} from metadata.finalizers`),
        },
      ])
      await look(world, 2)
      expect(world.application.finalizers).toContain(finalizer)
    },
  )

  it('A9 deletes nothing before hooks that it can not run, and says so', async () => {
    const finalizer = 'pre-delete-finalizer.argocd.argoproj.io'
    const world = await deletedWorld([cascading, finalizer])
    expect(dataOf(world)).toEqual({ a: { v: '1' } })
    expect(world.application.finalizers).toEqual([cascading, finalizer])
    expect(world.application.status.conditions).toMatchObject([
      { type: 'DeletionError', message: expect.stringContaining('waits for PreDelete hooks') },
    ])
  })

  it('A9 leaves the finalizers of others alone when the cluster is not known', async () => {
    const world = worldOf()
    const finalizers = [cascading, 'post-delete-finalizer.argocd.argoproj.io', 'example.org/other']
    world.edit({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers } })
    const ports = world.start()
    const targets = { resolve: () => Promise.resolve({ problem: 'no such cluster', isDeclared: false }) }
    await new Reconciler({ ...ports, targets }, settings()).consider(uid, signal)
    expect(world.application.finalizers).toEqual(['example.org/other'])
  })

  it('keeps its finalizers while the Secret of the cluster can not be read', async () => {
    const world = worldOf()
    world.edit({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [cascading] } })
    const targets = { resolve: () => Promise.resolve({ problem: 'cluster Secret east: broken', isDeclared: true }) }
    await new Reconciler({ ...world.start(), targets }, settings()).consider(uid, signal)
    expect(world.application.finalizers).toEqual([cascading])
    expect(world.application.status.conditions).toMatchObject([
      { type: 'DeletionError', message: 'cluster Secret east: broken' },
    ])
    expect(world.waits).toMatchObject([{ delayMs: 30_000 }])
  })

  it('killed at any call while an Application goes, it tells so once and forgets all of it', async () => {
    for (let at = 0; ; at++) {
      const world = worldOf()
      publish(world, 1, [configMap('a'), configMap('b')])
      await look(world)
      world.remove()
      world.diesAfter = at
      const isKilled = await look(world).then(
        () => false,
        () => true,
      )
      world.diesAfter = Infinity
      await look(world, 2)
      expect(world.facts.has('removed')).toBe(true)
      expect(world.stored).toMatchObject({ declaration: undefined, sync: undefined, version: 0 })
      expect(world.stored.applied.size).toBe(0)
      if (!isKilled) return expect(at).toBeGreaterThan(3)
    }
  })
})
