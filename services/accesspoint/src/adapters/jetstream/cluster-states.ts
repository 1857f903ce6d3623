import { clusterRecord, type ClusterRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import type { ClusterEntry } from '../../domain/routing/clusters'
import {
  announceReachability,
  clusterKey,
  isSameRow,
  observedRow,
  type Reachability,
} from '../../domain/routing/reachability'
import type { Signals } from '../../signals'

/** The record CLUSTERS and the facts about reachability: the record first, and each change announced once. */
export class ClusterStates {
  private readonly records: Records<ClusterRecord>
  /** By key: one write after another. */
  private readonly writing = new Map<string, Promise<void>>()
  /** By key: what was written last, so that the same again costs nothing. */
  private readonly written = new Map<string, ClusterRecord>()
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
    this.inTurn(clusterKey(entry.name), (key) => this.write(key, entry, state))
  }

  /** A cluster was retired. */
  forget(entry: ClusterEntry): void {
    this.inTurn(clusterKey(entry.name), async (key) => {
      this.written.delete(key)
      this.told.delete(entry.name)
      await this.records.delete(key)
    })
  }

  /** Removes the rows of clusters that were retired while AccessPoint was away. */
  async keepOnly(names: readonly string[]): Promise<void> {
    const kept = new Set(names.map(clusterKey))
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

  /** The row first, then the fact, then that the fact is stored: whatever is left of it is made good by the next look. */
  private async write(key: string, entry: ClusterEntry, state: Reachability): Promise<void> {
    const known = this.written.get(key)
    if (known?.announced && isSameRow(observedRow(entry, state, known, this.now()), known)) return
    const before = (await this.records.get(key))?.value
    const row = observedRow(entry, state, before, this.now())
    if (!isSameRow(row, before)) await this.put(key, row)
    if (!row.announced) {
      await announceReachability(row, this.bus.publisher)
      await this.put(key, { ...row, announced: true })
    }
  }

  private async put(key: string, row: ClusterRecord): Promise<void> {
    await this.records.put(key, row)
    this.written.set(key, row)
  }
}
