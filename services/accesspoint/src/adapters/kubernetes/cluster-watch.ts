import type { ClusterEntry } from '../../domain/routing/clusters'
import type { Reachability } from '../../domain/routing/reachability'
import { readApiVersions } from './api-versions'
import type { Connection } from './connection'
import { Connections, usualLimits, type ReachedCluster } from './connections'
import { Prober, type ProbeTiming } from './prober'

/** What is told of clusters. */
export interface ClusterListener {
  onState(entry: ClusterEntry, state: Reachability): void
  onRetired(entry: ClusterEntry): void
}

const timing: ProbeTiming = { healthyMs: 5_000, unhealthyMs: 1_000, timeoutMs: 3_000 }

/** Keeps the connections in step with what is declared, and looks whether the clusters answer. */
export class ClusterWatch {
  readonly connections: Connections
  private readonly prober: Prober
  private readonly byEntry = new Map<string, Connection>()
  private isOpen = true

  constructor(private readonly listener: ClusterListener) {
    this.prober = new Prober(timing, (connection, state) => listener.onState(connection.entry, state))
    this.connections = new Connections(usualLimits, (connection) => this.prober.look(connection))
  }

  /** Other clusters are declared now. */
  update(clusters: readonly ReachedCluster[]): void {
    if (!this.isOpen) return
    const { added, removed } = this.connections.update(clusters)
    const named = new Set(clusters.map(({ entry }) => entry.name))
    for (const connection of removed) {
      this.prober.remove(connection)
      this.byEntry.delete(keyOf(connection.entry))
      if (!named.has(connection.entry.name)) this.listener.onRetired(connection.entry)
    }
    for (const connection of added) {
      this.byEntry.set(keyOf(connection.entry), connection)
      this.prober.add(connection)
    }
  }

  /** What was seen of a cluster last. */
  stateOf(entry: ClusterEntry): Reachability | undefined {
    const connection = this.byEntry.get(keyOf(entry))
    return connection && this.prober.stateOf(connection)
  }

  /** What API versions a cluster serves now. @throws ClusterTroubleError */
  apiVersionsOf(entry: ClusterEntry, signal: AbortSignal): Promise<string[]> {
    return readApiVersions((call) => this.connections.send(entry, call), signal)
  }

  async close(): Promise<void> {
    this.isOpen = false
    this.prober.stop()
    await this.connections.close()
  }
}

function keyOf({ name, server }: ClusterEntry): string {
  return `${name}\n${server}`
}
