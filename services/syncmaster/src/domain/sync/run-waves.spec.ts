import type { HealthStatus, SyncFinished } from '@k8or/contracts'
import { Killed, type MemoryWorld } from '../../../test/memory-world'
import { deployment, factsOf, look, publish, uid, worldOf } from '../../../test/shop'

const stateOf = (world: MemoryWorld) => world.application.status.operationState
const endOf = (world: MemoryWorld) => world.facts.get(factsOf(world, 'finished').at(-1) ?? '') as SyncFinished

const three = [deployment('a', -1), deployment('b', 0), deployment('c', 2)]

/** Looks until the sync has ended, each time after a verdict on what is awaited. */
async function rollOut(world: MemoryWorld, seen: string[] = []): Promise<string[]> {
  for (let looks = 0; looks < 12; looks++) {
    await look(world)
    const { phase, message = '' } = stateOf(world) ?? {}
    if (phase !== 'Running') return seen
    const name = /^waiting for .* of apps\/Deployment\/(\w+)/.exec(message)?.[1]
    if (name === undefined) throw new Error(`it runs and waits for nothing: ${message}`)
    seen.push(name)
    world.judge(name, 'Healthy')
  }
  throw new Error('it does not end')
}

describe('services/syncmaster/src/domain/sync/run-waves', () => {
  it('A8.3 goes wave by wave, each after the health of the one before, and waits for the last one too', async () => {
    const world = worldOf()
    publish(world, 1, three)
    await look(world)
    expect(world.applies).toEqual(['a'])
    expect(stateOf(world)).toMatchObject({
      phase: 'Running',
      message: 'waiting for healthy state of apps/Deployment/a',
      syncResult: { resources: [{ name: 'a', status: 'Synced', hookPhase: 'Running' }] },
    })
    expect(stateOf(world)?.finishedAt).toBeUndefined()
    expect(world.application.status.sync?.status).toBe('OutOfSync')
    expect(await rollOut(world)).toEqual(['a', 'b', 'c'])
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (no more tasks)' })
    expect(endOf(world).objects.map(({ object, result }) => `${object.name} ${result}`)).toEqual([
      ...['a created', 'b created', 'c created'],
    ])
    expect(endOf(world).objects.every(({ uid: own, generation }) => own !== '' && generation === 1)).toBe(true)
    expect(factsOf(world, 'started')).toHaveLength(1)
    expect(world.facts.get(`started/${uid}-1-1`)).toMatchObject({ waves: 3 })
    expect(world.application.status.history).toHaveLength(1)
  })

  it('says why nobody can tell how it stands with what is waited for', async () => {
    const world = worldOf()
    publish(world, 1, three)
    await look(world)
    world.judge('a', 'Unknown', 'cluster east does not answer')
    await look(world)
    expect(stateOf(world)?.message).toBe('waiting for healthy state of apps/Deployment/a: cluster east does not answer')
    expect(await rollOut(world)).toEqual(['a', 'b', 'c'])
  })

  it('A8.3 does not wait within a lone wave', async () => {
    const world = worldOf()
    publish(world, 1, [deployment('a', 5), deployment('b', 5)])
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' })
  })

  it.each<HealthStatus>(['Progressing', 'Suspended', 'Unknown', 'Missing'])(
    'A8.3 waits while a verdict says %s, and no worker with it',
    async (status) => {
      const world = worldOf()
      publish(world, 1, three)
      world.judge('a', status)
      await look(world)
      await look(world)
      expect(world.applies).toEqual(['a'])
      expect(world.waits).toEqual([])
      expect(stateOf(world)).toMatchObject({ phase: 'Running' })
    },
  )

  it('A8.3 ends when an object of the wave is Degraded, with what its health says, and tries again as declared', async () => {
    const world = worldOf({ automated: {}, retry: { limit: 1, backoff: { duration: '10s' } } })
    publish(world, 1, three)
    world.judge('a', 'Degraded', 'exceeded its progress deadline')
    await look(world)
    const reason = 'one or more synchronization tasks completed unsuccessfully, reason: exceeded its progress deadline'
    expect(stateOf(world)).toMatchObject({ phase: 'Running', message: expect.stringContaining(`${reason}. Retrying`) })
    expect(stateOf(world)?.syncResult?.resources).toMatchObject([{ name: 'a', status: 'Synced', hookPhase: 'Failed' }])
    world.nowMs += 10_000
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Failed', message: `${reason} (retried 1 times)` })
    expect(world.applies).toEqual(['a'])
    expect(factsOf(world, 'finished')).toHaveLength(2)
  })

  it('looks whether a failed wave became healthy before it tries again by itself', async () => {
    const world = worldOf({ automated: {}, retry: { limit: 0 } })
    publish(world, 1, three)
    world.judge('a', 'Degraded', 'no')
    await look(world)
    for (let time = 0; time < 3; time++) {
      world.nowMs += 180_000
      await look(world)
    }
    expect(factsOf(world, 'started')).toHaveLength(1)
    world.judge('a', 'Healthy')
    world.nowMs += 180_000
    expect(await rollOut(world)).toEqual(['b', 'c'])
  })

  it('A8.2 deletes the highest wave first, and awaits that it is gone', async () => {
    const world = worldOf()
    publish(world, 1, [...three, deployment('keep', 0)])
    await rollOut(world, [])
    for (const name of ['a', 'b', 'c', 'keep']) world.judge(name, 'Healthy')
    publish(world, 2, [deployment('keep', 0)])
    world.lingering.add('c').add('b')
    await look(world)
    expect(stateOf(world)?.message).toBe('waiting for deletion of apps/Deployment/c')
    expect(world.objects.has('apps/Deployment/front/b')).toBe(true)
    world.objects.delete('apps/Deployment/front/c')
    await look(world)
    expect(stateOf(world)?.message).toBe('waiting for deletion of apps/Deployment/b')
    expect(world.objects.has('apps/Deployment/front/a')).toBe(true)
    world.objects.delete('apps/Deployment/front/b')
    await look(world)
    expect([...world.objects.keys()]).toEqual(['apps/Deployment/front/keep'])
    expect(
      endOf(world)
        .objects.map(({ object, result }) => `${object.name} ${result}`)
        .toSorted(),
    ).toEqual([...['a deleted', 'b deleted', 'c deleted']])
  })

  it('A8.3 killed at any call of any look it goes on where it was: one generation each, in order, every end once', async () => {
    const calls = await callsOf(async (world) => {
      await rollOut(world)
    })
    expect(calls).toBeGreaterThan(30)
    for (let at = 0; at < calls; at++) {
      const world = worldOf()
      publish(world, 1, three)
      world.diesAfter = at
      await expect(rollOut(world)).rejects.toThrow(Killed)
      world.diesAfter = Infinity
      await rollOut(world)
      expect(world.applies).toEqual(['a', 'b', 'c'])
      expect([...world.objects.values()].map(({ metadata }) => metadata.generation)).toEqual([1, 1, 1])
      const { status } = world.application
      expect(status).toMatchObject({ sync: { status: 'Synced' }, operationState: { phase: 'Succeeded' } })
      expect(status.history).toHaveLength(1)
      const finished = factsOf(world, 'finished').map((id) => id.slice('finished/'.length))
      expect(finished.length).toBeGreaterThan(0)
      for (const sync of finished) expect(world.facts.has(`started/${sync}`)).toBe(true)
    }
  })

  it('C56.6 a newer release takes the place of a sync that waits, which ends and tells what it applied', async () => {
    const world = worldOf()
    publish(world, 1, three)
    world.judge('a', 'Progressing')
    await look(world)
    publish(world, 2, [deployment('a', -1, '2'), deployment('b', 0), deployment('c', 2)])
    await look(world)
    expect(world.facts.get(`finished/${uid}-1-1`)).toMatchObject({
      phase: 'Failed',
      message: 'release 2 took its place while it was waiting for healthy state of apps/Deployment/a',
      objects: [{ object: { name: 'a' }, result: 'created' }],
    })
    expect(await rollOut(world, [])).toEqual(['a', 'b', 'c'])
    expect(world.applies).toEqual(['a', 'a', 'b', 'c'])
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', syncResult: { revision: 'commit-2' } })
  })

  it('ends a sync that waits also when there is nothing left to be done for the newer release', async () => {
    const world = worldOf()
    publish(world, 1, three)
    await rollOut(world)
    publish(world, 2, [three[0]!, three[1]!, deployment('c', 2, '2')])
    world.judge('a', 'Progressing')
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Running' })
    publish(world, 3, three)
    world.judge('a', 'Healthy')
    await rollOut(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', syncResult: { revision: 'commit-3' } })
    expect(world.application.status.sync?.status).toBe('Synced')
  })

  it('ends a sync that waits when nothing takes its place, because automation was switched off meanwhile', async () => {
    const world = worldOf()
    publish(world, 1, three)
    await look(world)
    world.edit({ spec: { syncPolicy: { automated: null } } })
    publish(world, 2, [deployment('a', -1, '2')])
    await look(world)
    expect(world.applies).toEqual(['a'])
    expect(stateOf(world)).toMatchObject({
      phase: 'Failed',
      message: 'release 2 came while it was waiting for healthy state of apps/Deployment/a',
    })
    expect(factsOf(world, 'finished')).toEqual([`finished/${uid}-1-1`])
  })

  it('puts back what others change while it waits, where the Application says so, and waits on', async () => {
    for (const selfHeal of [true, false]) {
      const world = worldOf({ automated: { selfHeal } })
      publish(world, 1, three)
      await look(world)
      world.drift('apps/Deployment/front/a', { v: 'red' })
      await look(world)
      expect(world.objects.get('apps/Deployment/front/a')?.['data']).toEqual({ v: selfHeal ? '1' : 'red' })
      expect(factsOf(world, 'drift.detected')).toHaveLength(1)
      expect(stateOf(world)).toMatchObject({ phase: 'Running' })
      expect(factsOf(world, 'started')).toHaveLength(1)
      await rollOut(world)
      expect(endOf(world).objects.find(({ object }) => object.name === 'a')).toMatchObject({ result: 'created' })
    }
  })

  it('A8.6 with ApplyOutOfSyncOnly only what differs makes waves', async () => {
    const world = worldOf({ automated: {}, syncOptions: ['ApplyOutOfSyncOnly=true'] })
    publish(world, 1, three)
    await rollOut(world)
    world.judge('a', 'Progressing')
    publish(world, 2, [three[0]!, three[1]!, deployment('c', 2, '2')])
    await look(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' })
  })

  it('holds a sync that waits while an emergency stop stands, and lets it go on afterwards', async () => {
    const world = worldOf({})
    publish(world, 1, three)
    world.edit({ operation: { sync: {}, initiatedBy: { username: 'ada' } } })
    await look(world)
    world.stop = { cluster: '', since: '2026-01-01T00:00:00.000Z', actor: 'user:ada', reason: 'fire' }
    world.judge('a', 'Healthy')
    await look(world)
    expect(world.applies).toEqual(['a'])
    expect(world.application.status.conditions).toMatchObject([{ type: 'SyncError' }])
    world.stop = undefined
    await rollOut(world)
    expect(stateOf(world)).toMatchObject({ phase: 'Succeeded', operation: { initiatedBy: { username: 'ada' } } })
  })
})

async function callsOf(act: (world: MemoryWorld) => Promise<void>): Promise<number> {
  const world = worldOf()
  publish(world, 1, three)
  world.diesAfter = 10_000
  await act(world)
  return 10_000 - world.diesAfter
}
