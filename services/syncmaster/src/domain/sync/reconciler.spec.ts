import type { SyncFinished } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import { Killed } from '../../../test/memory-world'
import { configMap, dataOf, factsOf, look, publish, settings, signal, uid, worldOf } from '../../../test/shop'
import type { OpenHeal } from '../drift/open-heal'
import { driftDetectedId } from '../fact/fact-ids'
import { Reconciler } from './reconciler'

describe('services/syncmaster/src/domain/sync/reconciler', () => {
  it('brings a release to the cluster and tells of it', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a'), configMap('b')])
    await look(world)
    expect(dataOf(world)).toEqual({ a: { v: '1' }, b: { v: '1' } })
    expect(world.application.status).toMatchObject({
      sync: { status: 'Synced', revision: 'commit-1' },
      operationState: { phase: 'Succeeded' },
    })
    expect(factsOf(world, 'finished')).toEqual([`finished/${uid}-1-1`])
  })

  it('does nothing when it looks again', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a')])
    await look(world)
    const version = world.application.resourceVersion
    await look(world, 3)
    expect(world.applies).toEqual(['a'])
    expect(world.application.resourceVersion).toBe(version)
  })

  it('killed at any call of a heal it puts the drift back, and tells of both', async () => {
    const drifted = async () => {
      const world = worldOf()
      publish(world, 1, [configMap('a'), configMap('b')])
      await look(world)
      world.drift('/ConfigMap/front/a', { v: '2' })
      world.objects.delete('/ConfigMap/front/b')
      return world
    }
    const whole = await drifted()
    whole.diesAfter = 1000
    await look(whole)
    const calls = 1000 - whole.diesAfter
    expect(calls).toBeGreaterThan(10)
    for (let at = 0; at < calls; at++) {
      const world = await drifted()
      world.diesAfter = at
      await expect(look(world)).rejects.toThrow(Killed)
      world.diesAfter = Infinity
      await look(world, 2)
      expect(dataOf(world)).toEqual({ a: { v: '1' }, b: { v: '1' } })
      const detected = factsOf(world, 'drift.detected')
      expect(detected).toHaveLength(2)
      expect(factsOf(world, 'repaired').toSorted()).toEqual(detected.map((id) => `repaired/${id}`).toSorted())
      expect(world.stored.heals).toEqual([])
    }
  })

  it.each([
    { when: 'now', failure: () => new Later('the bus is away'), untold: [] },
    { when: 'for good', failure: () => new Error('no such stream'), untold: ['no such stream'] },
  ])('keeps a heal that can not be told of $when while another one is made', async ({ failure, untold }) => {
    const world = worldOf()
    publish(world, 1, [configMap('a'), configMap('b')])
    await look(world)
    const object = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'front', name: 'a' }
    const open: OpenHeal = {
      drift: { release: 1, cluster: 'in-cluster', object, uid: 'u', resourceVersion: '1' },
      how: { kind: 'changed', fields: [], manager: '', willHeal: true },
    }
    world.stored.heals = [open]
    world.drift('/ConfigMap/front/b', { v: '2' })
    const id = driftDetectedId(uid, open.drift)
    world.refusesFact = (fact) => (fact === id ? failure() : undefined)
    await look(world)
    expect(dataOf(world)).toEqual({ a: { v: '1' }, b: { v: '1' } })
    expect(world.stored.heals).toEqual([open])
    expect(world.untold).toEqual(untold)
    world.refusesFact = () => undefined
    await look(world)
    expect(world.facts.has(id)).toBe(true)
    expect(world.stored.heals).toEqual([])
  })

  it('killed at any call it ends the same, applies nothing twice and announces every end once', async () => {
    const calls = await (async () => {
      const world = worldOf()
      publish(world, 1, [configMap('a'), configMap('b'), configMap('c')])
      world.diesAfter = 1000
      await look(world)
      return 1000 - world.diesAfter
    })()
    expect(calls).toBeGreaterThan(10)
    for (let at = 0; at < calls; at++) {
      const world = worldOf()
      publish(world, 1, [configMap('a'), configMap('b'), configMap('c')])
      world.diesAfter = at
      await expect(look(world)).rejects.toThrow(Killed)
      world.diesAfter = Infinity
      await look(world, 2)
      expect(dataOf(world)).toEqual({ a: { v: '1' }, b: { v: '1' }, c: { v: '1' } })
      expect(world.applies.toSorted()).toEqual(['a', 'b', 'c'])
      expect([...world.objects.values()].map((one) => one.metadata.generation)).toEqual([1, 1, 1])
      const { status } = world.application
      expect(status).toMatchObject({ sync: { status: 'Synced' }, operationState: { phase: 'Succeeded' } })
      expect(status.history).toHaveLength(1)
      const finished = factsOf(world, 'finished').map((id) => id.slice('finished/'.length))
      for (const sync of finished) expect(world.facts.has(`started/${sync}`)).toBe(true)
      expect(finished.length).toBeGreaterThan(0)
    }
  })

  it('killed in the middle of one release it goes on with the next, and the old one ends as failed', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a'), configMap('b'), configMap('c')])
    world.diesAfter = 12
    await expect(look(world)).rejects.toThrow(Killed)
    world.diesAfter = Infinity
    publish(world, 2, [configMap('a', '2')])
    await look(world, 2)
    expect(dataOf(world)).toEqual({ a: { v: '2' } })
    const ends = factsOf(world, 'finished').map((id) => (world.facts.get(id) as SyncFinished).phase)
    expect(ends).toEqual(['Failed', 'Succeeded'])
  })

  it('puts drift back, that object alone', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a'), configMap('b')])
    await look(world)
    world.drift('/ConfigMap/front/a', { v: 'red' })
    await look(world)
    expect(dataOf(world)).toEqual({ a: { v: '1' }, b: { v: '1' } })
    expect(world.applies).toEqual(['a', 'b', 'a'])
    expect(factsOf(world, 'drift.detected')).toHaveLength(1)
    expect(factsOf(world, 'repaired')).toHaveLength(1)
    expect(factsOf(world, 'finished')).toHaveLength(1)
    expect(world.stored.decisions).toContainEqual('healed: put back ConfigMap front/a: .data.v changed by kubectl-edit')
  })

  it('A7.3 tries a failed sync again with growing waits and says so, then gives up', async () => {
    const world = worldOf()
    world.refusals.set('/ConfigMap/front/a', 'apply ConfigMap front/a: no room')
    publish(world, 1, [configMap('a'), configMap('b')])
    const waits: number[] = []
    for (let attempt = 1; attempt <= 6; attempt++) {
      await look(world)
      const { operationState } = world.application.status
      if (attempt === 6) break
      expect(operationState).toMatchObject({
        phase: 'Running',
        message: expect.stringContaining(`Retrying attempt #${attempt} at `),
      })
      waits.push(world.waits.at(-1)!.delayMs)
      world.nowMs += world.waits.at(-1)!.delayMs
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 80_000])
    expect(world.application.status.operationState).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('(retried 5 times)'),
    })
    expect(dataOf(world)).toEqual({ b: { v: '1' } })
    world.nowMs += 60_000
    await look(world)
    expect(world.application.status.conditions).toMatchObject([
      { type: 'SyncError', message: expect.stringContaining('Failed last sync attempt to commit-1') },
    ])
    expect(factsOf(world, 'finished')).toHaveLength(6)
  })

  it('syncs once more when the cause of a failure is gone', async () => {
    const world = worldOf({ automated: { prune: true } })
    world.edit({ spec: { syncPolicy: { retry: { limit: 0 } } } })
    world.refusals.set('/ConfigMap/front/a', 'apply ConfigMap front/a: no room')
    publish(world, 1, [configMap('a')])
    await look(world)
    expect(world.application.status.operationState).toMatchObject({ phase: 'Failed' })
    world.refusals.clear()
    world.nowMs += 180_000
    await look(world)
    expect(world.application.status).toMatchObject({
      sync: { status: 'Synced' },
      operationState: { phase: 'Succeeded' },
    })
    expect(world.application.status.conditions).toBeUndefined()
  })

  it('C108.4 applies without automation only what is asked for, and takes the request away', async () => {
    const world = worldOf(null)
    publish(world, 1, [configMap('a')])
    await look(world)
    expect(world.application.status.sync?.status).toBe('OutOfSync')
    world.edit({ operation: { sync: { revision: 'commit-1' }, initiatedBy: { username: 'ada' } } })
    await look(world)
    expect(world.application.operation).toBeUndefined()
    expect(world.application.status).toMatchObject({
      sync: { status: 'Synced' },
      history: [{ initiatedBy: { username: 'ada' } }],
    })
  })

  it('refuses a revision that it has no release of, and says what to do', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a')])
    world.edit({ operation: { sync: { revision: 'older' } } })
    await look(world)
    expect(world.application.status.operationState).toMatchObject({
      phase: 'Error',
      message: expect.stringContaining('change spec.source.targetRevision instead'),
    })
    await look(world)
    expect(world.application.status.sync?.status).toBe('Synced')
  })

  it('A10 refuses an object that the project forbids, by name, and applies the rest', async () => {
    const world = worldOf()
    world.project = {
      name: 'default',
      spec: { ...world.project!.spec, namespaceResourceBlacklist: [{ group: '', kind: 'Secret', name: '' }] },
    }
    publish(world, 1, [{ ...configMap('s'), kind: 'Secret' }, configMap('a')])
    await look(world)
    expect(dataOf(world)).toEqual({ a: { v: '1' } })
    expect(world.application.status.operationState?.message).toContain(
      'Secret front/s: resource Secret is not permitted in project default',
    )
  })

  it('passes on what is odd about a release without stopping for it', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a')])
    const message = 'ConfigMap a is declared twice: a.yaml, b.yaml'
    world.release = { ...world.release!, warnings: [{ reason: 'RepeatedResource', message }] }
    await look(world)
    expect(world.application.status.conditions).toMatchObject([{ type: 'RepeatedResourceWarning', message }])
    expect(world.application.status.sync?.status).toBe('Synced')
  })

  it('stops in the middle when another replica took the bucket over', async () => {
    const world = worldOf()
    publish(world, 1, [configMap('a')])
    const ports = world.start()
    const held = [7, 7, 7, 8]
    const reconciler = new Reconciler({ ...ports, buckets: { fenceOf: () => held.shift() ?? 8 } }, settings())
    await reconciler.consider(uid, signal)
    expect(world.applies).toEqual([])
    expect(world.application.status.sync).toBeUndefined()
  })
})
