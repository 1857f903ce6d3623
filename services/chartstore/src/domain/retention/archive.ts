import type { ApplicationRef } from '@k8or/contracts'

/** Everything that is stored of releases. */
export interface Archive {
  /** Every row there is. */
  rows(): Promise<ArchivedRelease[]>
  /** Removes one release. */
  remove(uid: string, release: number): Promise<void>
  /** Removes all that is stored of an application. */
  forget(uid: string): Promise<void>
  /** The digests of all manifests. */
  digests(): Promise<string[]>
  /** Removes manifests, unless a release has begun to need them since the rows were last read; whether it did. */
  removeManifests(digest: string): Promise<boolean>
}

/** One row: a release, or what is newest. */
export interface ArchivedRelease {
  readonly application: ApplicationRef
  readonly release: number
  readonly isNewest: boolean
  /** Of its manifests; empty where there are none. */
  readonly digest: string
  /** Of what it was read from, where that is stored beside the row; else empty. */
  readonly readsDigest: string
}

/** What was deployed of an application, from SyncMaster. */
export interface Deployments {
  /** The releases that its history of syncs names. */
  of(application: ApplicationRef, signal: AbortSignal): Promise<readonly number[]>
}
