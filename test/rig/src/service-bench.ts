import { join } from 'node:path'
import { services, type ServiceName } from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import { LocalCalls } from '@k8or/rpc'
import type { Links } from '@k8or/shell'
import { startTestBus, type TestBus } from './bus'
import { DirectGate } from './kube/direct-gate'
import { startKube, type KubeOptions, type KubeServer } from './kube/kube-server'
import { prepareHub } from './mesh/hub'
import { startRedis, type RedisServer } from './redis'

/** Real servers around one service under test, and what the others of the mesh would say to it. */
export interface ServiceBench {
  /** The hub, which is the only cluster. */
  readonly kube: KubeServer
  readonly nats: TestBus
  readonly redis: RedisServer
  readonly gate: DirectGate
  readonly calls: LocalCalls
  /** The connection of another service: its facts and records. */
  bus(service: ServiceName): Bus
  /** The links of the service under test, over a connection of its own, which `close` ends. */
  links(service: ServiceName): Promise<Links & { close(): Promise<void> }>
  stop(): Promise<void>
}

/** Starts an API server that is prepared as a hub, NATS and Redis. */
export async function startServiceBench(dir: string, options: Omit<KubeOptions, 'dir'> = {}): Promise<ServiceBench> {
  const [kube, nats, redis] = await Promise.all([
    startKube({ dir: join(dir, 'kube'), ...options }),
    startTestBus(join(dir, 'nats')),
    startRedis({ dir: join(dir, 'redis') }),
  ])
  await prepareHub(kube.client, 'secret')
  const gate = new DirectGate(kube)
  const calls = new LocalCalls()
  const buses = new Map<ServiceName, Bus>()
  const connect = async (service: ServiceName): Promise<Bus> =>
    connectBus({ url: nats.url, identity: await nats.identity(service), failFast: true })
  for (const service of services) buses.set(service, await connect(service))
  return {
    ...{ kube, nats, redis, gate, calls },
    bus: (service) => buses.get(service)!,
    links: async (service) => linksOf(service, await connect(service), gate, calls, nats),
    stop: async () => {
      await gate.close()
      await Promise.all([...buses.values()].map((bus) => bus.close()))
      await Promise.all([kube.stop(), nats.stop(), redis.stop()])
    },
  }
}

async function linksOf(
  service: ServiceName,
  bus: Bus,
  gate: DirectGate,
  calls: LocalCalls,
  nats: TestBus,
): Promise<Links & { close(): Promise<void> }> {
  const identity = await nats.identity(service)
  return {
    ...{ identity, bus, gate },
    calls: calls.as(identity.spiffeId),
    serve: (name, routes) => {
      calls.serve(name, routes)
      return Promise.resolve()
    },
    close: () => bus.close(),
  }
}
