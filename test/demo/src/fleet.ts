import { join } from 'node:path'
import { registerCluster, startFleet, type Fate, type KubeClient, type KubeServer } from '@k8or/rig'

/** The clusters of the story, besides the hub. */
export const clusterNames = ['staging', 'production-east', 'production-west'] as const
export type ClusterName = (typeof clusterNames)[number]

/** The clusters that the pipeline's images come to: they start beside the first act, which waits for none of them. */
export class Fleet {
  #servers: Promise<readonly KubeServer[]> = Promise.resolve([])

  /** Begins to start them. */
  begin(dir: string): void {
    this.#servers = startFleet(clusterNames, { dir: join(dir, 'fleet'), nodes: 1, restart: true, kubelet: { fateOf } })
    // Whoever asks for the clusters hears of it; nobody may ask, when an earlier act fails.
    this.#servers.catch(() => undefined)
  }

  /** Declares them on the hub as Argo CD does, by labelled Secrets, once they are up. */
  async join(hub: KubeClient): Promise<Readonly<Record<ClusterName, KubeServer>>> {
    const servers = await this.#servers
    await Promise.all(servers.map((server) => registerCluster(hub, server)))
    return Object.fromEntries(servers.map((server) => [server.name, server])) as Record<ClusterName, KubeServer>
  }

  async stop(): Promise<void> {
    const servers = await this.#servers.catch(() => [])
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** The release candidate is the bad image of the story: it starts, and crashes. */
function fateOf(image: string): Fate {
  return image.includes('-rc.') ? 'crashes' : 'runs'
}
