import type { Gate } from '@k8or/cluster-client'
import { Later } from '@k8or/outcome'
import { ClusterTroubleError, type UpstreamAnswer, type UpstreamCall, type Upstreams } from '../../domain/ports'
import type { ResourceTarget } from '../../domain/request/kube-request'
import type { ClusterEntry } from '../../domain/routing/clusters'
import { Connection, type ConnectionLimits } from './connection'
import type { ClusterCredentials } from './credentials'
import { Kinds } from './kinds'

/** A cluster and how to reach it. */
export interface ReachedCluster {
  readonly entry: ClusterEntry
  readonly credentials: ClusterCredentials
}

/** How every cluster is treated. */
export const usualLimits: ConnectionLimits = {
  concurrency: 64,
  queue: 512,
  waitMs: 10_000,
  watches: 1_000,
  connectMs: 3_000,
}

/** The connections to all clusters there are; changes with what is declared. */
export class Connections implements Upstreams {
  private readonly byKey = new Map<string, Connection>()
  private readonly closing = new Set<Promise<void>>()
  private readonly kinds = new Kinds((cluster, call) => this.send(cluster, call))

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly onTrouble: (connection: Connection) => void,
  ) {}

  /** Takes over what is declared now. What changed gets new connections, what is gone is broken off at once. */
  update(clusters: readonly ReachedCluster[]): { added: Connection[]; removed: Connection[] } {
    const wanted = new Map(clusters.map((cluster) => [keyOf(cluster.entry), cluster]))
    const removed = [...this.byKey]
      .filter(([key, old]) => old.credentials.digest !== wanted.get(key)?.credentials.digest)
      .map(([key, old]) => this.drop(key, old))
    for (const [key, connection] of this.byKey) connection.entry = wanted.get(key)?.entry ?? connection.entry
    const missing = [...wanted].filter(([key]) => !this.byKey.has(key))
    const added = missing.map(([key, cluster]) => this.add(key, cluster))
    for (const connection of removed) this.closeLater(connection)
    return { added, removed }
  }

  send(cluster: ClusterEntry, call: UpstreamCall): Promise<UpstreamAnswer> {
    const connection = this.byKey.get(keyOf(cluster))
    if (connection) return connection.send(call)
    return Promise.reject(new ClusterTroubleError('unreachable', `cluster ${cluster.name} was retired`))
  }

  kindOf(cluster: ClusterEntry, target: ResourceTarget): Promise<{ kind: string; namespaced: boolean } | undefined> {
    return this.kinds.find(cluster, target)
  }

  /** The hub for AccessPoint itself: what it reads there is what the rules are made of, so that no rule stands before it. */
  ownGate(hub: () => ClusterEntry): Gate {
    return {
      call: async ({ method, path, headers, body, signal, timeoutMs }) => {
        const isWatch = timeoutMs === 0
        const call = { method, target: path, headers, body, isWatch, caller: 'accesspoint', signal, timeoutMs }
        try {
          return await this.send(hub(), call)
        } catch (error) {
          if (error instanceof ClusterTroubleError) throw new Later(error.message, error.retryAfterMs, { cause: error })
          throw error
        }
      },
    }
  }

  async close(): Promise<void> {
    this.update([])
    await Promise.all(this.closing)
  }

  private closeLater(connection: Connection): void {
    const closing = connection.close().finally(() => this.closing.delete(closing))
    this.closing.add(closing)
  }

  private add(key: string, { entry, credentials }: ReachedCluster): Connection {
    const connection: Connection = new Connection(entry, credentials, this.limits, () => this.onTrouble(connection))
    this.byKey.set(key, connection)
    return connection
  }

  private drop(key: string, connection: Connection): Connection {
    this.byKey.delete(key)
    this.kinds.forget(connection.entry)
    return connection
  }
}

/** Names need not be unique while people rename clusters: both parts count. */
function keyOf({ name, server }: ClusterEntry): string {
  return `${name}\n${server}`
}
