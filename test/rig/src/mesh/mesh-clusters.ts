import { join } from 'node:path'
import { freePort } from '../free-port'
import { startFleet, startKube, type KubeOptions, type KubeServer } from '../kube/kube-server'
import { writeKubeconfig, type KubeConnection } from '../kube/kubeconfig'
import type { ProcessNews } from '../process/managed-process'
import type { Relays } from '../relay/relays'
import { prepareHub, registerCluster } from './hub'
import { meshPaths, type MeshLayout } from './layout'
import type { MeshOptions } from './mesh'

/** What the clusters of a mesh must know of it. */
interface MeshClustersOptions extends Pick<MeshOptions, 'clusters' | 'nodes' | 'kubelet' | 'relays'> {
  readonly webhookSecret: string
  /** The detours of the mesh. */
  readonly ways: Relays
  readonly newsOf: (name: string) => ProcessNews
  readonly tell: (text: string) => void
}

/** The API servers that a mesh delivers to: its hub and the further ones. */
export class MeshClusters {
  further: readonly KubeServer[] = []
  #hub: KubeServer | undefined

  constructor(
    private readonly layout: MeshLayout,
    private readonly options: MeshClustersOptions,
  ) {}

  get hub(): KubeServer {
    if (!this.#hub) throw new Error('the hub was not started here')
    return this.#hub
  }

  async startHub(): Promise<void> {
    const { webhookSecret, relays, newsOf, tell } = this.options
    const { kube, relayedHubKubeconfig } = meshPaths(this.layout.dir)
    this.#hub = await startKube({
      ...this.kubeOptions(),
      name: 'hub',
      dir: join(kube, 'hub'),
      newsOf: (process) => newsOf(`${process} of the hub`),
    })
    await prepareHub(this.#hub.client, webhookSecret)
    if (relays) writeKubeconfig(relayedHubKubeconfig, await this.detourTo(this.#hub))
    tell('hub API server')
  }

  async startFurther(): Promise<void> {
    const names = Array.from({ length: this.options.clusters ?? 0 }, (_, index) => `cluster-${index + 1}`)
    this.further = await startFleet(names, { ...this.kubeOptions(), dir: meshPaths(this.layout.dir).kube })
    if (names.length) this.options.tell(`${names.length} further API server${names.length > 1 ? 's' : ''}`)
  }

  /** Tells the hub of the further ones. */
  async register(): Promise<void> {
    for (const cluster of this.further) await registerCluster(this.hub.client, await this.detourTo(cluster))
  }

  async stop(): Promise<void> {
    const servers = [this.#hub, ...this.further].filter((server) => server !== undefined)
    await Promise.all(servers.map((server) => server.stop()))
  }

  /** How the mesh reaches a cluster: through a relay, where there are any. */
  private async detourTo(cluster: KubeConnection): Promise<KubeConnection> {
    if (!this.layout.detours.length) return cluster
    const [port, target] = [await freePort(), Number(new URL(cluster.url).port)]
    await this.options.ways.lay({ from: 'accesspoint', to: cluster.name, port, target })
    return { ...cluster, url: `https://localhost:${String(port)}` }
  }

  private kubeOptions(): Omit<KubeOptions, 'dir'> {
    const { nodes = 2, kubelet } = this.options
    return { nodes, restart: true, ...(kubelet ? { kubelet } : {}) }
  }
}
