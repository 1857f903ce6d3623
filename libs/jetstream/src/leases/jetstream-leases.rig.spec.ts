import { leaseRecord } from '@k8or/contracts'
import { eventually, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { connectBus, type Bus, type LeaseOptions, type Leases } from '../index'

const ttlMs = 1_000

describe('libs/jetstream/src/leases/jetstream-leases.rig', () => {
  const dir = tempDir('leases')
  const opened: { bus: Bus; leases: Leases }[] = []
  let server: TestBus

  /** Every gain and loss of all holders, in the order in which they happened. */
  let history: { holder: string; bucket: number; fence: number | undefined }[] = []

  const join = async (holder: string, more: Partial<LeaseOptions> = {}): Promise<{ bus: Bus; leases: Leases }> => {
    const bus = await connectBus({ url: server.url, identity: await server.identity('syncmaster'), holder })
    const leases = bus.leases(leaseRecord, {
      holder,
      buckets: 64,
      ttlMs,
      onGain: (bucket, fence) => void history.push({ holder, bucket, fence }),
      onLoss: (bucket) => void history.push({ holder, bucket, fence: undefined }),
      ...more,
    })
    opened.push({ bus, leases })
    await leases.start()
    return { bus, leases }
  }

  beforeAll(async () => {
    server = await startTestBus(dir)
  })

  beforeEach(() => {
    history = []
  })

  afterEach(async () => {
    await Promise.all(opened.map(({ leases }) => leases.stop()))
    await Promise.all(opened.map(({ bus }) => bus.close()))
    opened.length = 0
  })

  afterAll(async () => {
    await server.stop()
    removeDir(dir)
  })

  it('gives all buckets to a single holder, who keeps them under the same fences', async () => {
    const { leases } = await join('one')
    await eventually(() => leases.held().length === 64)
    const fences = leases.held().map((bucket) => leases.fenceOf(bucket))
    await new Promise((resolve) => setTimeout(resolve, 2 * ttlMs))
    expect(leases.held().map((bucket) => leases.fenceOf(bucket))).toEqual(fences)
  })

  it('hands half of the buckets over to a second holder, and back when it stops; fences only rise', async () => {
    const one = await join('one')
    await eventually(() => one.leases.held().length === 64)
    const two = await join('two')
    await eventually(() => one.leases.held().length === 32 && two.leases.held().length === 32)
    expect(new Set([...one.leases.held(), ...two.leases.held()]).size).toBe(64)
    await two.leases.stop()
    await eventually(() => one.leases.held().length === 64)
    expectRisingFences()
    expectOneOwnerAtATime()
  })

  it('lets a holder who is cut off stop by its own clock before another one begins', async () => {
    const cut = await join('cut-off')
    await eventually(() => cut.leases.held().length === 64)
    const other = await join('other')
    await eventually(() => other.leases.held().length === 32)
    await cut.bus.close()
    await eventually(() => other.leases.held().length === 64)
    expect(cut.leases.held()).toEqual([])
    expectRisingFences()
    expectOneOwnerAtATime()
  })

  it('does not believe in a lease once its time is over, even before it could notice', async () => {
    const { leases } = await join('paused')
    await eventually(() => leases.held().length === 64)
    const end = performance.now() + ttlMs
    // The event loop stands still, as under SIGSTOP: no renewal, no timer, no news.
    while (performance.now() < end);
    expect(leases.fenceOf(0)).toBeUndefined()
    expect(leases.held()).toEqual([])
    await eventually(() => leases.held().length === 64)
  })

  it('goes on alone while the bus is away, and wins its buckets anew when it is back', async () => {
    const { leases } = await join('alone')
    await eventually(() => leases.held().length === 64)
    const fences = leases.held().map((bucket) => leases.fenceOf(bucket))
    await server.process.stop('SIGKILL')
    try {
      await new Promise((resolve) => setTimeout(resolve, 2 * ttlMs))
      expect(leases.held().map((bucket) => leases.fenceOf(bucket))).toEqual(fences)
    } finally {
      await server.process.start()
    }
    const isAnew = (bucket: number): boolean => (leases.fenceOf(bucket) ?? 0) > (fences[bucket] ?? 0)
    await eventually(() => leases.held().length === 64 && leases.held().every(isAnew), { timeoutMs: 20_000 })
    expectRisingFences()
    expectOneOwnerAtATime()
  })

  it('takes its buckets at once when it comes back under its name, under new fences', async () => {
    const killed = await join('same', { ttlMs: 60_000 })
    await eventually(() => killed.leases.held().length === 64)
    const fence = killed.leases.fenceOf(0)!
    await killed.bus.close()
    const { leases } = await join('same', { ttlMs: 60_000 })
    await eventually(() => leases.held().length === 64)
    expect(leases.fenceOf(0)).toBeGreaterThan(fence)
  })

  function expectRisingFences(): void {
    const last = new Map<number, number>()
    for (const { bucket, fence } of history) {
      if (fence === undefined) continue
      expect(fence).toBeGreaterThan(last.get(bucket) ?? 0)
      last.set(bucket, fence)
    }
  }

  function expectOneOwnerAtATime(): void {
    const owners = new Map<number, string>()
    for (const { holder, bucket, fence } of history) {
      if (fence !== undefined) {
        expect(owners.get(bucket)).toBeUndefined()
        owners.set(bucket, holder)
      } else if (owners.get(bucket) === holder) owners.delete(bucket)
    }
  }
})
