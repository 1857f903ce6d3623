import type { Fact, SyncStarted } from '@k8or/contracts'
import { sight } from './tree/sighting'
import type { SeenObject } from './tree/sighting'
import type { Sighting } from './tree/sighting'
import { application, kind, deployment, started, finished, World } from '../../test/judge-under-test'

describe('services/insighthub/src/domain/judge', () => {
  it('announces a deployment twice: progressing when it was applied, healthy when it is rolled out', async () => {
    const world = new World()
    const [first, ...more] = await world.deploy('sync-1', deployment('web', { observed: 0 }))
    expect(first).toMatchObject({
      health: { status: 'Progressing' },
      previous: null,
      objects: [{ uid: 'uid-web', generation: 1 }],
    })
    expect(more).toEqual([])
    const [second] = await world.see(deployment('web'))
    expect(second).toMatchObject({ health: { status: 'Healthy' }, previous: { status: 'Progressing' } })
    expect(world.facts[1]).toMatchObject({ causes: ['sync-1'], correlationId: 'push-1', token: 'shop_app1' })
    expect([...world.rows.values()].map((row) => row.factId)).toEqual([world.facts[1]!.id, world.facts[1]!.id])
  })

  it('writes and announces everything once more when what was written is lost', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.rows.clear()
    world.judge.tellAgain()
    expect(await world.settle()).toMatchObject([{ health: { status: 'Healthy' }, previous: null }])
    expect(world.rows.size).toBe(2)
  })

  it('gathers the objects of a sync into one fact, with the sync as its cause', async () => {
    const world = new World()
    const facts = await world.deploy('sync-1', deployment('a'), deployment('b'), deployment('c'))
    expect(facts.map(({ objects }) => objects.length)).toEqual([3])
    expect(world.facts[0]!.causes).toEqual(['sync-1'])
  })

  it('judges while a sync is under way when that takes long', async () => {
    const world = new World()
    world.judge.syncStarted(started('sync-1/started'))
    expect(await world.see(deployment('web'))).toEqual([])
    expect(await world.pass(600)).toMatchObject([{ health: { status: 'Healthy' } }])
  })

  it('waits for the generation that was applied before it calls a deployment healthy', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.judge.syncFinished(finished('sync-2', [['web', 'configured', 2]]))
    expect(await world.settle()).toEqual([])
    const [late] = await world.see(deployment('web', { generation: 2, observed: 1 }))
    expect(late).toMatchObject({ health: { status: 'Progressing' } })
  })

  it('asks the cluster when an object that was applied is not seen', async () => {
    const world = new World()
    world.live.set('web', deployment('web'))
    world.judge.syncFinished(finished('sync-1', [['web', 'created']]))
    expect(await world.settle()).toEqual([])
    expect(await world.pass(1000)).toMatchObject([{ health: { status: 'Healthy' } }])
  })

  it('A13 tells what the pods say that a rollout waits for, and no more once they are well', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web', { ready: 0 }))
    const owned = (kind: string, uid: string, owner: string, status: unknown): Sighting => {
      const ownerReferences = [{ uid: owner, controller: true }]
      const [apiVersion, metadata] = [
        kind === 'Pod' ? 'v1' : 'apps/v1',
        { name: uid, namespace: 'shop', uid, ownerReferences },
      ]
      return sight({ apiVersion, kind, metadata, status } as SeenObject)
    }
    const pod = (containerStatuses: unknown[]) =>
      owned('Pod', 'web-1-x', 'web-1', { phase: 'Pending', containerStatuses })
    const messageOf = () => [...world.rows.values()].find(({ object }) => object?.name === 'web')?.health?.message
    await world.see(owned('ReplicaSet', 'web-1', 'uid-web', {}))
    await world.see(pod([{ name: 'main', state: { waiting: { reason: 'ErrImagePull', message: 'no such tag' } } }]))
    await world.pass(1000)
    expect(messageOf()).toBe('Waiting for rollout: 0 of 1 updated replicas are available; Pod web-1-x: no such tag')
    await world.see(pod([]))
    await world.pass(1000)
    expect(messageOf()).toBe('Waiting for rollout: 0 of 1 updated replicas are available')
  })

  it('takes an object that was made anew for the one that was applied last', async () => {
    const world = new World()
    const lost = finished('sync-1', [['web', 'created']])
    Object.assign(lost.data.objects[0]!, { uid: 'uid-of-another' })
    world.judge.syncFinished(lost)
    expect(await world.deploy('sync-2', deployment('web'))).toMatchObject([{ health: { status: 'Healthy' } }])
  })

  it('waits no longer for an object when the cluster shows another one of that name', async () => {
    const world = new World()
    const lost = finished('sync-1', [['web', 'created']])
    Object.assign(lost.data.objects[0]!, { uid: 'uid-of-another' })
    world.judge.syncFinished(lost)
    expect(await world.see(deployment('web'))).toEqual([])
    expect(await world.pass(1000)).toMatchObject([{ health: { status: 'Healthy' } }])
  })

  it('writes nothing when nothing changed', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    expect(await world.see(deployment('web'))).toEqual([])
    expect(await world.pass(5000)).toEqual([])
  })

  it('gives every sync a verdict, also one that changed nothing about health', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    const [verdict, ...more] = await world.deploy('sync-2', deployment('web'))
    expect(verdict).toMatchObject({ cluster: 'prod', health: { status: 'Healthy' }, objects: [] })
    expect(more).toEqual([])
    expect(world.facts[1]!.causes).toEqual(['sync-2'])
  })

  it('gives a deployment that fails its verdict too', async () => {
    const world = new World()
    const broken = { ...deployment('web'), health: { status: 'Degraded' as const, message: 'no progress' } }
    expect(await world.deploy('sync-1', broken)).toMatchObject([{ cluster: 'prod', health: { status: 'Degraded' } }])
  })

  it('does not announce messages, but keeps their rows fresh', async () => {
    const world = new World()
    const web = (message: string) => ({ ...deployment('web'), health: { status: 'Progressing' as const, message } })
    await world.deploy('sync-1', web('1 of 3'))
    await world.see(web('2 of 3'))
    expect(await world.pass(1000)).toEqual([])
    const messages = [...world.rows.values()].map((row) => row.health?.message)
    expect(messages).toContain('2 of 3')
  })

  it('calls an object missing only when the cluster says so', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'), deployment('api'))
    expect(await world.vanish('web')).toEqual([])
    world.live.delete('web')
    const [fact] = await world.vanish('web')
    expect(fact).toMatchObject({
      health: { status: 'Healthy' },
      objects: [{ object: { name: 'web' }, health: { status: 'Missing' } }],
    })
  })

  it('goes on looking at an object that lost its label, which no watch shows any more', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.live.set('web', deployment('web', { labels: {} }))
    expect(await world.vanish('web')).toEqual([])
    world.live.set('web', deployment('web', { labels: {}, ready: 0 }))
    expect(await world.pass(5000)).toEqual([])
    expect(await world.pass(5000)).toMatchObject([{ health: { status: 'Progressing' } }])
  })

  it('tells of what flaps only so often', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    for (let turn = 0; turn < 100; turn++) await world.see(deployment('web', { ready: turn % 2 }))
    expect(world.facts.length).toBe(60)
    await world.pass(1000)
    expect(world.statusOf('app-1.app')).toBe('Healthy')
  })

  it('calls an application missing when nothing of it is live', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.live.clear()
    expect(await world.vanish('web')).toMatchObject([{ health: { status: 'Missing' } }])
  })

  it('notices what is gone when a watch begins again', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'), deployment('api'))
    world.live.delete('web')
    world.judge.sightings.snapshot('prod', kind, [deployment('api')])
    const [told] = await world.settle()
    expect(told).toMatchObject({ objects: [{ object: { name: 'web' }, health: { status: 'Missing' } }] })
  })

  it('forgets what was pruned, and does not miss it', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'), deployment('api'))
    world.judge.syncFinished(finished('sync-2', [['web', 'deleted']]))
    world.live.delete('web')
    const facts = [...(await world.vanish('web')), ...(await world.settle())]
    expect(facts.flatMap(({ objects }) => objects)).toEqual([])
    expect(world.rows.size).toBe(2)
  })

  it('calls unknown what a silent cluster says nothing about (IH.4)', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.judge.troubled('prod', kind, 'connection refused')
    expect(await world.pass(4000)).toEqual([])
    const [fact] = await world.pass(1000)
    expect(fact).toMatchObject({ health: { status: 'Unknown' }, objects: [{ health: { status: 'Unknown' } }] })
    expect(fact?.health.message).toContain('connection refused')
    world.judge.sightings.snapshot('prod', kind, [deployment('web')])
    expect(await world.settle()).toMatchObject([{ health: { status: 'Healthy' }, previous: { status: 'Unknown' } }])
  })

  it('calls everything on an unreachable cluster unknown at once (IH.4)', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.judge.clusterIs('prod', 'no route to host')
    const [told] = await world.pass(0)
    expect(told?.health).toEqual({ status: 'Unknown', message: 'cluster prod does not answer: no route to host' })
  })

  it('says nothing again after a restart, and misses nothing', async () => {
    const before = new World()
    await before.deploy('sync-1', deployment('web'), deployment('api'))
    const after = new World(before.rows, [{ application: 'app-1', id: 'sync-1', correlationId: 'push-1' }])
    after.live.set('web', deployment('web'))
    after.judge.sightings.snapshot('prod', kind, [deployment('web')])
    expect(await after.settle()).toMatchObject([
      { objects: [{ object: { name: 'api' }, health: { status: 'Missing' } }] },
    ])
    expect(after.facts[0]).toMatchObject({ causes: ['sync-1'] })
    expect(after.facts[0]!.id).toMatch(/\/2$/)
  })

  it('announces after a restart what was written but not announced', async () => {
    const before = new World()
    before.isBusDown = true
    await expect(before.deploy('sync-1', deployment('web'), deployment('api'))).rejects.toThrow('bus is down')
    const after = new World(before.rows, [{ application: 'app-1', id: 'sync-1', correlationId: 'push-1' }])
    const [lost] = after.judge.unannounced(() => false)
    expect(lost).toMatchObject({ causes: ['sync-1'], data: { health: { status: 'Healthy' } } })
    expect(lost?.data.objects.map(({ object }) => object.name)).toEqual(['web', 'api'])
    expect(after.judge.unannounced((id) => id === lost?.id)).toEqual([])
  })

  it('takes a sync for what declares an application that is not read yet', async () => {
    const world = new World()
    const other = { ...application, uid: 'app-2' }
    world.judge.syncStarted({
      ...started('s'),
      data: { application: other, cluster: 'prod', kinds: [] },
    } as unknown as Fact<SyncStarted>)
    await world.see(deployment('web', { labels: { 'k8or.dev/application': 'app-2' } }))
    expect(await world.pass(600)).toMatchObject([{ application: { uid: 'app-2' }, health: { status: 'Healthy' } }])
  })

  it('announces the same fact once more when the bus was down', async () => {
    const world = new World()
    world.isBusDown = true
    await expect(world.deploy('sync-1', deployment('web'))).rejects.toThrow('bus is down')
    world.isBusDown = false
    await world.judge.announce('app-1')
    expect(world.facts).toHaveLength(1)
  })

  it('removes the rows of an application that is gone', async () => {
    const world = new World()
    await world.deploy('sync-1', deployment('web'))
    world.judge.forget('app-1')
    await world.settle()
    expect(world.rows.size).toBe(0)
    expect(await world.see(deployment('web'))).toEqual([])
  })
})
