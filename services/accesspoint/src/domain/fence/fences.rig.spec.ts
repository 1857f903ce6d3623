import { type Clusters, type KubeError } from '@k8or/cluster-client'
import { bucketCount, bucketOf, leaseRecord } from '@k8or/contracts'
import { connectBus } from '@k8or/jetstream'
import { describeError, Later } from '@k8or/outcome'
import { eventually } from '@k8or/rig'
import { configMap, GateUnderTest, under } from '../../../test/gate-under-test'

const signal = new AbortController().signal

describe('services/accesspoint/src/domain/fence/fences.rig', () => {
  let gate: GateUnderTest
  let clusters: Clusters

  beforeAll(async () => {
    gate = await GateUnderTest.create('accesspoint-fences')
    ;({ clusters } = gate)
  }, 90_000)

  afterAll(() => gate.stop(), 30_000)

  it('refuses a mutation that is older than one it has seen, and lets a dry run of it see so too', async () => {
    const uid = await gate.application('fenced', 'default', { name: 'far', namespace: 'shop' })
    const apply = (value: string, release: number, lease: number) =>
      clusters.apply('far', configMap('fenced', 'shop', value), under(uid, release, lease))
    await apply('5', 5, 20)
    await expect(apply('4', 4, 20)).rejects.toMatchObject({ status: 409, reason: 'Fenced' })
    await apply('6', 6, 21)
    await expect(apply('7', 7, 20)).rejects.toThrow(
      'lease 20 is older than lease 21: another instance owns the application now',
    )
    await expect(
      clusters.delete(
        'far',
        { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'fenced' },
        under(uid, 5, 21),
      ),
    ).rejects.toMatchObject({ reason: 'Fenced' })
    const dry = clusters.apply('far', configMap('fenced', 'shop', '3'), { ...under(uid, 3, 21), dryRun: true })
    await expect(dry).rejects.toMatchObject({ reason: 'Fenced' })
    expect((await gate.far.client.get('v1/ConfigMap', 'shop/fenced'))?.data).toEqual({ value: '6' })
  })

  it('lets whoever owns nothing ask by a dry run, and change nothing', async () => {
    const uid = await gate.application('asked', 'default', { name: 'far', namespace: 'shop' })
    const asking = { ...under(uid, 1, 0), dryRun: true }
    const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'asked' }
    await clusters.apply('far', configMap('asked', 'shop', '1'), under(uid, 3, 30))
    const predicted = await clusters.apply('far', configMap('asked', 'shop', '2'), asking)
    expect(predicted['data']).toEqual({ value: '2' })
    const fenced = { status: 409, reason: 'Fenced' }
    await expect(clusters.apply('far', configMap('asked', 'shop'), under(uid, 4, 0))).rejects.toMatchObject(fenced)
    // A deletion is told by its body whether it is a dry run: the query says nothing.
    await expect(clusters.delete('far', ref, asking)).rejects.toMatchObject(fenced)
    expect((await gate.far.client.get('v1/ConfigMap', 'shop/asked'))?.data).toEqual({ value: '1' })
  })

  it('refuses the old owner of a bucket before the new one has called', async () => {
    const uid = await gate.application('leased', 'default', { name: 'far', namespace: 'shop' })
    const owner = await connectBus({
      url: gate.bus.url,
      identity: await gate.bus.identity('syncmaster'),
      failFast: true,
    })
    const options = {
      holder: 'new-owner',
      buckets: bucketCount,
      ttlMs: 5_000,
      onGain: () => undefined,
      onLoss: () => undefined,
    }
    const leases = owner.leases(leaseRecord, options)
    await leases.start()
    const fence = await eventually(() => leases.fenceOf(bucketOf(uid)))
    const apply = (lease: number) => clusters.apply('far', configMap('leased', 'shop'), under(uid, 1, lease))
    const refused = (error: unknown): boolean => (error as KubeError).reason === 'Fenced'
    await eventually(() => apply(fence - 1).then(() => false, refused))
    await apply(fence)
    await leases.stop()
    await owner.close()
  })

  it('lets no mutation of an application through after a restart before it knows the owners again', async () => {
    const uid = await gate.application('unowned', 'default', { name: 'far', namespace: 'shop' })
    const apply = () => gate.clusters.apply('far', configMap('unowned', 'shop'), under(uid))
    const unread = 'who owns which applications was not read yet'
    await gate.access.stop()
    await gate.start(() => process.kill(gate.bus.process.pid, 'SIGSTOP'))
    try {
      await eventually(
        () => gate.access.app.readiness().reasons.includes(unread) && gate.access.app.readiness().reasons.length <= 2,
        { timeoutMs: 20_000 },
      )
      expect(await apply().catch((error: unknown) => error)).toBeInstanceOf(Later)
      // A dry run under a lease is fenced as well, and held back by nothing else.
      const dry = gate.clusters.apply('far', configMap('unowned', 'shop'), { ...under(uid), dryRun: true })
      const refused = await dry.catch((error: unknown) => error)
      expect(describeError(refused)).toContain(`can not be judged yet: ${unread.replace(' not read yet', '')}`)
      expect((refused as Later).delayMs).toBe(1_000)
      expect(
        (await gate.clusters.list('far', { group: '', version: 'v1', kind: 'Namespace' }, { signal })).length,
      ).toBeGreaterThan(0)
    } finally {
      process.kill(gate.bus.process.pid, 'SIGCONT')
    }
    await eventually(apply, { timeoutMs: 20_000 })
    await eventually(() => gate.access.app.readiness().ready)
  }, 60_000)
})
