import { clusterReachable, clusterRecord, clusterUnreachable, sha256, type ClusterRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import type { ClusterEntry } from '../../domain/routing/clusters'
import type { Signals } from '../../signals'
import type { Reachability } from '../kubernetes/prober'

/** The record CLUSTERS and the facts about reachability: the record first, and each change announced once. */
export class ClusterStates {
  private readonly records: Records<ClusterRecord>
  /** By key: one write after another. */
  private readonly writing = new Map<string, Promise<void>>()
  /** By key: what was written last, so that the same again costs nothing. */
  private readonly written = new Map<string, string>()
  /** By name: what the log says of a cluster. */
  private readonly told = new Map<string, boolean>()

  constructor(
    private readonly bus: Bus,
    private readonly now: () => Date,
    private readonly signals: Signals,
  ) {
    this.records = bus.records(clusterRecord)
  }

  /** A cluster was looked at. */
  observe(entry: ClusterEntry, state: Reachability): void {
    this.tell(entry, state)
    this.inTurn(keyOf(entry.name), (key) => this.write(key, entry, state))
  }

  /** A cluster was retired. */
  forget(entry: ClusterEntry): void {
    this.inTurn(keyOf(entry.name), async (key) => {
      this.written.delete(key)
      this.told.delete(entry.name)
      await this.records.delete(key)
    })
  }

  /** Removes the rows of clusters that were retired while AccessPoint was away. */
  async keepOnly(names: readonly string[]): Promise<void> {
    const kept = new Set(names.map(keyOf))
    for (const row of await this.records.list()) if (!kept.has(row.key)) await this.records.delete(row.key)
  }

  /** Resolves when all that was observed is written. */
  async settle(): Promise<void> {
    await Promise.all(this.writing.values())
  }

  private tell(entry: ClusterEntry, state: Reachability): void {
    if (this.told.get(entry.name) === state.reachable) return
    this.told.set(entry.name, state.reachable)
    if (state.reachable) this.signals.clusterReachable(entry, state.version)
    else this.signals.clusterUnreachable(entry, state.reason)
  }

  private inTurn(key: string, work: (key: string) => Promise<void>): void {
    const before = this.writing.get(key) ?? Promise.resolve()
    const done = before
      .then(() => work(key))
      .catch((error: unknown) => this.signals.trouble('cluster state not recorded', error))
      .finally(() => {
        if (this.writing.get(key) === done) this.writing.delete(key)
      })
    this.writing.set(key, done)
  }

  private async write(key: string, entry: ClusterEntry, state: Reachability): Promise<void> {
    const value = recordOf(entry, state)
    const text = JSON.stringify(value)
    if (this.written.get(key) === text) return
    const before = (await this.records.get(key))?.value
    if (JSON.stringify(before) !== text) {
      const revision = await this.records.put(key, value)
      if (before?.reachable !== value.reachable) await this.announce(key, value, revision)
    }
    this.written.set(key, text)
  }

  private async announce(
    key: string,
    { name, server, version, reason, reachable }: ClusterRecord,
    revision: number,
  ): Promise<void> {
    const draft = { token: key, time: this.now(), causes: [], actor: 'service:accesspoint' }
    const id = (fact: string): string => `${fact}-${key}-${revision}`
    if (reachable)
      await this.bus.publisher.publish(clusterReachable, {
        ...draft,
        id: id('cluster-reachable'),
        data: { cluster: name, server, version },
      })
    else
      await this.bus.publisher.publish(clusterUnreachable, {
        ...draft,
        id: id('cluster-unreachable'),
        data: { cluster: name, server, reason },
      })
  }
}

function recordOf({ name, server, project, labels, namespaces }: ClusterEntry, state: Reachability): ClusterRecord {
  return {
    name,
    server,
    project,
    labels: { ...labels },
    namespaces: [...namespaces],
    reachable: state.reachable,
    reason: state.reachable ? '' : state.reason,
    version: state.reachable ? state.version : '',
  }
}

function keyOf(name: string): string {
  return sha256(name).slice(0, 24)
}
