import type { KubeObject } from '@k8or/kube-objects'
import { Killed, type MemoryWorld } from '../../../../test/memory-world'
import { deployment, look, publish, uid, worldOf } from '../../../../test/shop'
import { terminationPatch } from '../../application/termination'

const message = 'Operation terminated'

/** An automated application whose release is there. */
function releasedWorld(...manifests: KubeObject[]): MemoryWorld {
  const world = worldOf()
  publish(world, 1, manifests)
  return world
}

const terminate = (world: MemoryWorld): void =>
  world.edit(terminationPatch(world.application, 'user:ada', '2026-01-01T00:00:00Z'))
const stateOf = (world: MemoryWorld) => world.application.status.operationState

describe('services/syncmaster/src/domain/sync/steps/end-terminated', () => {
  it('A8.3 A7.3 ends a sync that waits, tells who wanted it, and leaves it at that', async () => {
    const world = releasedWorld(deployment('a', 0), deployment('b', 1))
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Running' })
    terminate(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Terminating' })
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Failed', message, syncResult: { resources: [{ name: 'a' }] } })
    expect(world.application.annotations).toEqual({})
    expect(world.facts.get(`finished/${uid}-1-1`)).toMatchObject({
      ...{ phase: 'Failed', message, objects: [{ object: { name: 'a' }, result: 'created' }] },
    })
    expect(world.actors.get(`${uid}-1-1`)).toBe('user:ada')
    world.judge('a', 'Healthy')
    world.nowMs += 600_000
    await look(world, 3)
    expect(world.applies).toEqual(['a'])
    expect(world.application.status).toMatchObject({
      sync: { status: 'OutOfSync' },
      conditions: [{ type: 'SyncError', message: `Failed last sync attempt to commit-1: ${message}` }],
    })
  })

  it('is no obstacle to a sync that somebody asks for afterwards', async () => {
    const world = releasedWorld(deployment('a', 0), deployment('b', 1))
    await look(world)
    terminate(world)
    await look(world)
    world.judge('a', 'Healthy')
    world.judge('b', 'Healthy')
    world.edit({ operation: { sync: {}, initiatedBy: { username: 'bob' } } })
    await look(world, 2)
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', operation: { initiatedBy: { username: 'bob' } } })
    expect(world.applies).toEqual(['a', 'b'])
  })

  it('applies nothing more the moment it is asked for, and tells what was applied by then', async () => {
    const world = releasedWorld(deployment('a', 0), deployment('b', 0), deployment('c', 0))
    world.beforeApply = (name) => {
      if (name === 'b') terminate(world)
    }
    await look(world, 2)
    expect(world.applies).toEqual(['a', 'b'])
    expect(stateOf(world)).toMatchObject({ phase: 'Failed', message })
    expect(world.facts.get(`finished/${uid}-1-1`)).toMatchObject({
      objects: [{ object: { name: 'a' } }, { object: { name: 'b' } }],
    })
    await look(world, 2)
    expect(world.applies).toEqual(['a', 'b'])
  })

  it('A7.3 ends the wait for another try', async () => {
    const world = releasedWorld(deployment('a', 0))
    world.refusals.set('apps/Deployment/front/a', 'no room')
    await look(world)
    expect(stateOf(world)?.message).toContain('Retrying attempt #1')
    terminate(world)
    world.refusals.clear()
    world.nowMs += 600_000
    await look(world, 3)
    expect(world.applies).toEqual([])
    expect(stateOf(world)).toMatchObject({ phase: 'Failed', message })
  })

  it('ends what was asked for and could not begin', async () => {
    const world = releasedWorld(deployment('a', 0))
    world.release = undefined
    world.edit({ operation: { sync: {}, initiatedBy: { username: 'bob' } } })
    await look(world)
    terminate(world)
    await look(world)
    expect(world.application.operation).toBeUndefined()
    expect(stateOf(world)).toMatchObject({ phase: 'Failed', message, operation: { initiatedBy: { username: 'bob' } } })
  })

  it('killed at any call it is ended all the same, once', async () => {
    for (let at = 0, isKilled = true; isKilled; at++) {
      const world = releasedWorld(deployment('a', 0), deployment('b', 1))
      world.edit({ operation: { sync: {}, initiatedBy: { username: 'bob' } } })
      await look(world)
      terminate(world)
      world.diesAfter = at
      isKilled = await look(world).then(
        () => false,
        (error: unknown) => error instanceof Killed,
      )
      world.diesAfter = Infinity
      world.judge('a', 'Healthy')
      await look(world, 2)
      expect(world.applies).toEqual(['a'])
      expect(stateOf(world)).toMatchObject({ phase: 'Failed', message })
      expect(world.application.operation).toBeUndefined()
      expect(world.application.annotations).toEqual({})
      expect([...world.facts.keys()].filter((id) => id.startsWith('finished/'))).toEqual([`finished/${uid}-1-1`])
    }
  })

  it("understands Argo CD's way of asking", async () => {
    const world = releasedWorld(deployment('a', 0), deployment('b', 1))
    await look(world)
    world.edit({ status: { operationState: { phase: 'Terminating' } } })
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Failed', message })
    expect(world.actors.get(`${uid}-1-1`)).toBe('unknown')
  })
})
