import type { HealthRecord, ObjectRef } from '@k8or/contracts'
import type { Sighting } from './tree/sighting'
import type { WatchedKind } from './watch/kinds'

/** The clusters, as far as judging needs them. */
export interface LiveObjects {
  /** Asks the cluster itself for one object; undefined when it is not there. */
  find(cluster: string, ref: ObjectRef): Promise<Sighting | undefined>
  /** Watches a kind from now on; once started, a watch is kept. */
  watch(cluster: string, kind: WatchedKind): void
}

/** The record of verdicts. */
export interface HealthRows {
  put(key: string, row: HealthRecord): Promise<unknown>
  delete(key: string): Promise<unknown>
}

/** The time of day. */
export interface Clock {
  now(): Date
}
