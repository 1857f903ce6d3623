import { managedMarks, type ObjectRef } from '@k8or/contracts'
import { keyOf, refOf, type KubeObject } from '@k8or/kube-objects'
import { annotations } from '../application/policy'
import { instanceOf } from '../plan/tracking'
import { waveOf } from '../plan/desired'
import { digestOf } from '../digest'
import { projectOwned } from './projection'

/** What is remembered of an object on a cluster: enough to see that it changed, without its content. */
export interface LiveObject {
  readonly ref: ObjectRef
  readonly key: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  /** SHA-256 of the fields that are ours, as the API server says; empty where none are. */
  readonly projection: string
  /** The application that its label names. */
  readonly application: string
  /** The instance that its tracking id names, where that id speaks of this very object. */
  readonly instance: string
  readonly deleting: boolean
  /** Sync options of the live object: they decide whether it may be pruned. */
  readonly syncOptions: string
  readonly keep: boolean
  readonly wave: number
  /** Nobody minds that it is there though no source desires it. */
  readonly ignoreExtraneous: boolean
}

/** Cuts an object down to what is remembered of it. */
export function toLiveObject(object: KubeObject): LiveObject {
  const ref = refOf(object)
  const { labels, annotations: marks, uid, resourceVersion, generation, deletionTimestamp } = object.metadata
  const owned = projectOwned(object)
  return {
    ref,
    key: keyOf(ref),
    uid: uid ?? '',
    resourceVersion: resourceVersion ?? '',
    generation: generation ?? 0,
    projection: owned === undefined ? '' : digestOf(owned),
    application: labels?.[managedMarks.application] ?? '',
    instance: instanceOf(marks?.[managedMarks.trackingId], ref) ?? '',
    deleting: deletionTimestamp !== undefined,
    syncOptions: marks?.[annotations.syncOptions] ?? '',
    keep: marks?.[annotations.helmResourcePolicy] === 'keep',
    wave: waveOf(marks ?? {}),
    ignoreExtraneous: (marks?.[annotations.compareOptions] ?? '').split(',').includes('IgnoreExtraneous'),
  }
}
