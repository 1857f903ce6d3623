import { applicationRecord, clusterRecord, type ApplicationRecord, type ClusterRecord } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { resolveCluster } from '../../domain/watch/resolve-cluster'
import type { Declared } from '../../domain/account/accounts'

/** Who is told what is declared. */
export interface DeclaredListener {
  declare(declared: Declared): void
  forget(application: string): void
  clusterIs(cluster: string, unreachableReason: string | undefined): void
}

/** The applications of the hub with the clusters that they run on, as the records say. */
export class DeclaredApplications {
  readonly #applications = new Map<string, ApplicationRecord>()
  readonly #clusters = new Map<string, ClusterRecord>()
  readonly #stop = new AbortController()
  #isLoaded = false

  constructor(
    private readonly bus: Bus,
    private readonly listener: DeclaredListener,
  ) {}

  /** Resolves when everything that is declared now is known. */
  async load(): Promise<void> {
    const { signal } = this.#stop
    await this.bus.records(clusterRecord).watch(({ key, value }) => this.#takeCluster(key, value), { signal })
    await this.bus.records(applicationRecord).watch(({ key, value }) => this.#takeApplication(key, value), { signal })
  }

  /** Tells the listener of everything, and from now on of changes. */
  tell(): void {
    this.#isLoaded = true
    for (const cluster of this.#clusters.values()) this.#tellCluster(cluster)
    for (const application of this.#applications.values()) this.#tellApplication(application)
  }

  /** All that are declared. */
  uids(): string[] {
    return [...this.#applications.keys()]
  }

  /** The applications of a name; the namespace may be left out where one name is enough. */
  uidOf(name: string): string | undefined {
    const matches = ({ ref }: ApplicationRecord) =>
      name === `${ref.namespace}/${ref.name}` || name === ref.name || name === ref.uid
    return [...this.#applications.values()].find(matches)?.ref.uid
  }

  /** All of a project, or all, in order of the names that facts know them by. */
  named(project?: string): { uid: string; name: string }[] {
    const named = [...this.#applications.values()].flatMap(({ ref }) =>
      project === undefined || ref.project === project ? [{ uid: ref.uid, name: `${ref.namespace}/${ref.name}` }] : [],
    )
    return named.toSorted((one, other) => one.name.localeCompare(other.name))
  }

  stop(): void {
    this.#stop.abort()
  }

  #takeCluster(key: string, cluster: ClusterRecord | null): void {
    if (cluster === null) {
      this.#clusters.delete(key)
      return
    }
    const isNew = !this.#clusters.has(key)
    this.#clusters.set(key, cluster)
    if (!this.#isLoaded) return
    this.#tellCluster(cluster)
    // An application may have been waiting for its cluster.
    if (isNew) for (const application of this.#applications.values()) this.#tellApplication(application)
  }

  #takeApplication(key: string, application: ApplicationRecord | null): void {
    if (application === null) {
      this.#applications.delete(key)
      if (this.#isLoaded) this.listener.forget(key)
      return
    }
    this.#applications.set(key, application)
    if (this.#isLoaded) this.#tellApplication(application)
  }

  #tellCluster({ name, reachable, reason }: ClusterRecord): void {
    this.listener.clusterIs(name, reachable ? undefined : reason)
  }

  #tellApplication(record: ApplicationRecord): void {
    const cluster = resolveCluster(record, this.#clusters.values())
    if (cluster !== undefined) this.listener.declare({ application: record.ref, token: record.token, cluster })
  }
}
