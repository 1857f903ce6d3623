import { clusterReachable, type ClusterReachable, type FactDraft } from '@k8or/contracts'
import { eventually, freePort, Relay, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { connectBus, type Bus } from '../index'
import { eventsByType } from './read-fact'

/** What the server sends to nobody comes again only after `ack_wait`, which is longer. */
const promptMs = 10_000

const reachable = (id: string): FactDraft<ClusterReachable> => ({
  id,
  token: 'east',
  time: new Date(),
  data: { cluster: 'east', server: 'https://east', version: '1.36' },
  causes: [],
  actor: 'service:accesspoint',
})

describe('libs/jetstream/src/consume/fact-consumer.rig', () => {
  const dir = tempDir('consumer')
  const handled = new Map<string, number>()
  const buses: Bus[] = []
  let server: TestBus
  let relay: Relay

  beforeAll(async () => {
    server = await startTestBus(dir)
    relay = await Relay.start(await freePort(), Number(new URL(server.url).port))
  })

  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()))
    await Promise.all([relay.stop(), server.stop()])
    removeDir(dir)
  })

  const join = async (service: 'accesspoint' | 'insighthub', url: string): Promise<Bus> => {
    const bus = await connectBus({ url, identity: await server.identity(service), failFast: true })
    buses.push(bus)
    return bus
  }

  it('what is announced as soon as a connection is back is handled at once, however often it broke', async () => {
    const announcer = await join('accesspoint', server.url)
    const reader = await join('insighthub', `tls://localhost:${String(relay.port)}`)
    await reader.handle({
      events: eventsByType([clusterReachable]),
      handle: (_, fact) => Promise.resolve(void handled.set(fact.id, performance.now())),
    })
    const announced = async (id: string): Promise<number> => {
      const since = performance.now()
      await announcer.publisher.publish(clusterReachable, reachable(id))
      return eventually(() => handled.get(id), { timeoutMs: 40_000 }).then((at) => at - since)
    }
    expect(await announced('before')).toBeLessThan(promptMs)
    for (const round of ['first', 'second', 'third']) {
      await relay.cut('refuse')
      await eventually(() => !reader.isConnected())
      await relay.heal()
      await eventually(() => reader.isConnected())
      expect(await announced(round)).toBeLessThan(promptMs)
    }
  }, 180_000)
})
