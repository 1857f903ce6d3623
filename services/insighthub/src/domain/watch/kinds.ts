import type { ObjectRef } from '@k8or/contracts'
import { rules } from '../health/rules'

/** A kind to be watched on a cluster. */
export interface WatchedKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Managed objects alone, by their label; what controllers make carries none and is watched as a whole. */
  readonly onlyManaged: boolean
}

const owned = new Set(['apps/ReplicaSet', 'apps/ControllerRevision', '/Pod', 'batch/Job'])
const revisions = { group: 'apps', version: 'v1', kind: 'ControllerRevision' }

/**
 * What is watched on a cluster from the first application on, so that a new object is judged the moment it appears.
 * Other kinds are watched as soon as an application manages one.
 */
export const firstKinds: readonly WatchedKind[] = [
  ...rules.flatMap(({ group, version, kind }) => (version === undefined ? [] : [toWatched({ group, version, kind })])),
  toWatched(revisions),
]

/** How a kind is watched. */
export function toWatched({ group, version, kind }: Pick<ObjectRef, 'group' | 'version' | 'kind'>): WatchedKind {
  return { group, version, kind, onlyManaged: !owned.has(kindKey({ group, kind })) }
}

/** A kind in one word; versions of a kind are one kind. */
export function kindKey({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>): string {
  return `${group}/${kind}`
}
