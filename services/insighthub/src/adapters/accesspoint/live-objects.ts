import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clusters, WatchOptions } from '@k8or/cluster-client'
import { managedMarks, type ObjectRef } from '@k8or/contracts'
import { describeError } from '@k8or/outcome'
import type { LiveObjects } from '../../domain/ports'
import { sight, type Sighting } from '../../domain/tree/sighting'
import { kindKey, type WatchedKind } from '../../domain/watch/kinds'

const findTimeoutMs = 5000

/** Who is told of what watches see. */
export interface Observer {
  begins(cluster: string, kind: WatchedKind): void
  snapshot(cluster: string, kind: WatchedKind, sightings: readonly Sighting[]): void
  seen(cluster: string, sighting: Sighting): void
  vanished(cluster: string, sighting: Sighting): void
  troubled(cluster: string, kind: WatchedKind, reason: string): void
  stands(cluster: string, kind: WatchedKind): void
}

/** The objects of all clusters, through AccessPoint. One watch per cluster and kind, kept once it was started. */
export class AccessPointObjects implements LiveObjects {
  readonly #watched = new Set<string>()
  readonly #stop = new AbortController()
  /** A watch outlives what it was begun for, and is a part of no trace. */
  readonly #outside = AsyncLocalStorage.snapshot()

  constructor(
    private readonly clusters: Clusters,
    private readonly observer: () => Observer,
  ) {}

  async find(cluster: string, ref: ObjectRef): Promise<Sighting | undefined> {
    const object = await this.clusters.get(cluster, ref, { signal: this.#stop.signal, timeoutMs: findTimeoutMs })
    return object && sight(object)
  }

  watch(cluster: string, kind: WatchedKind): void {
    const key = `${cluster} ${kindKey(kind)}`
    if (this.#watched.has(key) || this.#stop.signal.aborted) return
    this.#watched.add(key)
    this.observer().begins(cluster, kind)
    this.#outside(() => this.clusters.watch(cluster, kind, this.#watchOptions(cluster, kind)))
  }

  /** Ends all watches and questions. */
  stop(): void {
    this.#stop.abort()
  }

  #watchOptions(cluster: string, kind: WatchedKind): WatchOptions {
    const observer = this.observer()
    return {
      signal: this.#stop.signal,
      ...(kind.onlyManaged ? { labelSelector: managedMarks.application } : {}),
      onSnapshot: (objects) =>
        observer.snapshot(
          cluster,
          kind,
          objects.map((object) => sight(object)),
        ),
      onEvent: (type, object) => {
        const sighting = sight(object)
        if (type === 'DELETED') observer.vanished(cluster, sighting)
        else observer.seen(cluster, sighting)
      },
      onTrouble: (error) => {
        if (error === null) observer.stands(cluster, kind)
        else observer.troubled(cluster, kind, describeError(error))
      },
    }
  }
}
