import { clusterReachable, streams, writeFact, type Fact } from '@k8or/contracts'
import {
  Content,
  eventually,
  expectClear,
  readEntries,
  removeDir,
  startTestBus,
  tempDir,
  type Entry,
  type TestBus,
} from '@k8or/rig'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { z } from 'zod'
import type { Bus } from './bus'
import { connectBus } from './connect-bus'
import { apiPrefix } from './connection/api-prefix'
import { inboxPrefixOf, openConnection } from './connection/connect'
import { eventsByType } from './consume/read-fact'

const Published = z.strictObject({
  /** As whom; accesspoint owns the genuine fact, and `rig` may do anything. */
  as: z.enum(['accesspoint', 'codesource', 'rig']).default('accesspoint'),
  subject: z.string().default('k8or.accesspoint.cluster.reachable.east'),
  /** What of the genuine fact is otherwise. */
  with: z.record(z.string(), z.unknown()).default({}),
  without: z.array(z.string()).default([]),
  /** Instead of a fact. */
  body: Content.optional(),
  times: z.number().default(1),
})
type Published = z.infer<typeof Published>

const genuine = (id: string) =>
  writeFact(clusterReachable, {
    ...{ id, token: 'east', time: new Date(0), causes: [], actor: 'service:accesspoint' },
    data: { cluster: 'east', server: 'https://east', version: '1.36' },
  })

describe('libs/jetstream/src/hostile-facts.rig', () => {
  const dir = tempDir('hostile-facts')
  const handled: string[] = []
  const indexed: string[] = []
  const ending = new AbortController()
  const connections = new Map<string, NatsConnection>()
  const buses: Bus[] = []
  let server: TestBus

  const connectAs = async (user: string) => {
    const keyed = await server.issue(user)
    const tls = { ca: server.ca, current: () => keyed }
    const named = { name: user, inboxPrefix: inboxPrefixOf(user), waitForServer: false }
    connections.set(user, await openConnection({ url: server.url, tls, ...named }))
  }
  const bus = async (service: 'syncmaster' | 'insighthub') => {
    buses.push(await connectBus({ url: server.url, identity: await server.identity(service), failFast: true }))
    return buses.at(-1) as Bus
  }

  beforeAll(async () => {
    server = await startTestBus(dir)
    await Promise.all(['accesspoint', 'codesource', 'rig'].map(connectAs))
    const [syncmaster, insighthub] = [await bus('syncmaster'), await bus('insighthub')]
    const handle = async (_: unknown, fact: Fact<unknown>) => void handled.push(fact.id)
    await syncmaster.handle({ events: eventsByType([clusterReachable]), handle })
    const onFact = ({ id }: Fact<unknown>) => void indexed.push(id)
    void insighthub.replay({ stream: 'FACTS', fromSequence: 0, signal: ending.signal, onFact })
  }, 60_000)

  afterAll(async () => {
    ending.abort()
    await Promise.all([...buses, ...connections.values()].map((one) => one.close()))
    await server.stop()
    removeDir(dir)
  }, 30_000)

  const bodyOf = (name: string, { with: other, without, body }: Published) => {
    if (body !== undefined) return body
    const fields = Object.entries({ ...genuine(name), ...other }).filter(([field]) => !without.includes(field))
    return JSON.stringify(Object.fromEntries(fields))
  }

  /** The number of the message in its stream; undefined when the bus does not take it. */
  const publish = async (name: string, given: Published): Promise<number | { readonly refused: string }> => {
    const client = jetstream(connections.get(given.as) as NatsConnection, { apiPrefix })
    try {
      const body = bodyOf(name, given)
      const sent = () => client.publish(given.subject, body, { msgID: name, timeout: 3_000, retries: 1 })
      for (let time = 1; time < given.times; time++) await sent()
      return (await sent()).seq
    } catch (error) {
      return { refused: String(error) }
    }
  }

  /** Until whoever handles facts has settled all that there are. */
  const settle = async () => {
    const manager = await jetstreamManager(connections.get('rig') as NatsConnection)
    const { name } = streams.FACTS
    await eventually(async () => {
      const { num_pending, num_ack_pending } = await manager.consumers.info(name, 'syncmaster')
      return num_pending === 0 && num_ack_pending === 0
    })
  }

  const outcomeOf = async (name: string, given: Published): Promise<{ outcome: string; told: string }> => {
    const sequence = await publish(name, given)
    if (typeof sequence === 'object') return { outcome: 'refused', told: sequence.refused }
    await settle()
    const letters = await (buses[1] as Bus).deadLetters.list(200)
    const letter = letters.find((one) => one.sequence === sequence)
    if (letter) return { outcome: 'dead letter', told: letter.reason }
    const times = handled.filter((id) => id === name).length
    return { outcome: times === 0 ? 'passed over' : times === 1 ? 'handled' : 'handled twice', told: '' }
  }

  it.each(readEntries('facts', Published))(
    '%s',
    async (_: string, entry: Entry<Published>) => {
      const { outcome, told } = await outcomeOf(entry.name, entry.given)
      expect({ outcome, told }).toEqual({ outcome: entry.expected.outcome, told })
      expectClear(entry, told)
    },
    30_000,
  )

  it('hands over and indexes a genuine fact after all of that', async () => {
    await publish('at-last', Published.parse({}))
    await eventually(() => handled.includes('at-last') && indexed.includes('at-last'))
  }, 30_000)
})
