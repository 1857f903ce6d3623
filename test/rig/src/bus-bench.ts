import { join } from 'node:path'
import type { Gate } from '@k8or/cluster-client'
import {
  applicationDeclared,
  applicationRecord,
  services,
  type ApplicationRecord,
  type DeclaredSource,
  type Fact,
  type ServiceName,
} from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import { LocalCalls } from '@k8or/rpc'
import type { Links, ServiceApp } from '@k8or/shell'
import { startTestBus, type TestBus } from './bus'
import { startRedis, type RedisServer } from './redis'

/** NATS and Redis around one service under test, and what the others of the mesh would say to it. */
export interface BusBench {
  readonly nats: TestBus
  readonly redis: RedisServer
  readonly calls: LocalCalls
  /** Every fact that was announced so far. */
  readonly facts: readonly Fact<unknown>[]
  /** The connection of another service: its facts and records. */
  bus(service: ServiceName): Bus
  /** The links of the service under test, over a connection of its own, which `close` ends. */
  links(service: ServiceName, gate?: Gate): Promise<Links & { close(): Promise<void> }>
  /** Starts the service under test; its connection closes when it has stopped. */
  start(service: ServiceName, createApp: (links: Links) => Promise<ServiceApp>): Promise<ServiceApp>
  /** Declares an application as SyncMaster does; answers the id of the fact. */
  declare(declaration: Declaration): Promise<string>
  stop(): Promise<void>
}

/** An application that a spec declares; its uid serves as name and token too. */
export interface Declaration {
  readonly uid: string
  readonly sources: readonly DeclaredSource[]
  readonly specDigest?: string
  readonly refresh?: string
  readonly imagePolicy?: ApplicationRecord['imagePolicy']
  readonly hold?: ApplicationRecord['hold']
}

const noCluster: Gate = { call: () => Promise.reject(new Later('there is no cluster in this spec')) }

/** Starts such a bench in a directory. */
export async function startBusBench(dir: string): Promise<BusBench> {
  const starting = [startTestBus(join(dir, 'nats')), startRedis({ dir: join(dir, 'redis') })] as const
  const [nats, redis] = await Promise.all(starting)
  const connect = async (service: ServiceName): Promise<Bus> =>
    connectBus({ url: nats.url, identity: await nats.identity(service), failFast: true })
  const buses = new Map<ServiceName, Bus>()
  for (const service of services) buses.set(service, await connect(service))
  const bus = (service: ServiceName): Bus => buses.get(service)!
  const calls = new LocalCalls()
  const listening = new AbortController()
  const facts: Fact<unknown>[] = []
  const following = bus('insighthub').replay({
    ...{ stream: 'FACTS', fromSequence: 0, signal: listening.signal },
    onFact: (fact) => void facts.push(fact),
  })
  const links: BusBench['links'] = async (service, gate = noCluster) =>
    linksOf({ bus: await connect(service), identity: await nats.identity(service), gate }, calls)
  return {
    ...{ nats, redis, calls, facts, bus, links },
    start: async (service, createApp) => startApp(await links(service), createApp),
    declare: (declaration) => declare(bus('syncmaster'), declaration),
    stop: async () => {
      listening.abort()
      await following
      await Promise.all([...buses.values()].map((each) => each.close()))
      await Promise.all([nats.stop(), redis.stop()])
    },
  }
}

function linksOf(links: Pick<Links, 'bus' | 'identity' | 'gate'>, calls: LocalCalls) {
  return {
    ...links,
    calls: calls.as(links.identity.spiffeId),
    serve: async (...served: Parameters<LocalCalls['serve']>) => calls.serve(...served),
    close: () => links.bus.close(),
  }
}

async function startApp(
  links: Links & { close(): Promise<void> },
  createApp: (links: Links) => Promise<ServiceApp>,
): Promise<ServiceApp> {
  const app = await createApp(links)
  await app.start()
  return { ...app, stop: () => app.stop().then(() => links.close()) }
}

async function declare(
  syncmaster: Bus,
  { uid, sources, specDigest = 's', refresh = '', imagePolicy, hold }: Declaration,
): Promise<string> {
  const ref = { uid, namespace: 'argocd', name: uid, project: 'default' }
  const destination = { server: '', name: 'in-cluster', namespace: 'default' }
  const application = {
    ...{ ref, token: uid, bucket: 0, destination, specDigest, refresh },
    sources: [...sources],
    ...(imagePolicy && { imagePolicy }),
    ...(hold && { hold }),
  }
  const revision = await syncmaster.records(applicationRecord).put(uid, application)
  const id = `declared/${uid}/${revision}`
  const draft = { id, token: uid, time: new Date(), causes: [], actor: 'service:syncmaster' }
  await syncmaster.publisher.publish(applicationDeclared, { ...draft, data: { application } })
  return id
}
