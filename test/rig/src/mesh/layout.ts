import { services, type ServiceName } from '@k8or/contracts'
import { join } from 'node:path'
import { freePorts } from '../free-port'
import type { Way } from '../relay/relays'

/** Namespace of a hub in which Applications are usually declared. */
export const usualNamespace = 'argocd'

/** One process for all services, or one for each. */
export type MeshMode = 'standalone' | 'processes'

/** Ports of one service: calls of the mesh, and probes. */
export interface ServicePorts {
  readonly mesh: number
  readonly probes: number
}

/** Where everything of one mesh is. */
export interface MeshLayout {
  readonly dir: string
  readonly mode: MeshMode
  readonly nats: number
  readonly redis: number
  readonly people: number
  readonly webhook: number
  readonly git: number
  readonly registry: number
  readonly services: Readonly<Record<ServiceName, ServicePorts>>
  /** The cluster on which Applications are declared, and where on it. */
  readonly hub: { readonly kubeconfig: string; readonly namespace: string }
  /** Ways between its parts that lead through relays. */
  readonly detours: readonly Way[]
  /** Settings of the mesh's processes besides those that follow from the layout. */
  readonly settings: Readonly<Record<string, string>>
}

/** Gives every listener of a mesh a free port. */
export async function layOut(
  dir: string,
  mode: MeshMode,
  settings: Readonly<Record<string, string>> = {},
  hub: MeshLayout['hub'] = { kubeconfig: meshPaths(dir).hubKubeconfig, namespace: usualNamespace },
): Promise<MeshLayout> {
  const ports = await freePorts(6 + 2 * services.length)
  const next = (): number => ports.pop() ?? 0
  const pairs = services.map((name) => [name, { mesh: next(), probes: next() }] as const)
  const [nats, redis, people, webhook, git, registry] = [next(), next(), next(), next(), next(), next()]
  const listeners = { nats, redis, people, webhook, git, registry }
  const ofServices = Object.fromEntries(pairs) as MeshLayout['services']
  return { dir, mode, ...listeners, services: ofServices, detours: [], settings, hub }
}

/** Files and folders of a mesh below its directory. */
export function meshPaths(dir: string) {
  const state = join(dir, 'mesh')
  return {
    state,
    ca: join(state, 'ca.crt'),
    token: join(state, 'people/token'),
    natsDir: join(state, 'nats'),
    natsConfig: join(state, 'nats/nats.conf'),
    redisCert: join(state, 'redis/tls.crt'),
    redisKey: join(state, 'redis/tls.key'),
    redisData: join(dir, 'redis'),
    gitRoot: join(dir, 'git'),
    registry: join(dir, 'registry'),
    kube: join(dir, 'kube'),
    hubKubeconfig: join(dir, 'kube/hub/kubeconfig'),
    relayedHubKubeconfig: join(dir, 'kube/relayed-hub.kubeconfig'),
    log: join(dir, 'log'),
    environment: join(dir, 'mesh.env'),
  }
}
