import type { ObjectRef } from '@k8or/contracts'
import type { KindRef, KubeObject } from '@k8or/kube-objects'

/** Under which release and lease a mutation is made for an application. */
export interface Fence {
  readonly application: string
  readonly release: number
  /** How often the application was set back to an older release. */
  readonly setbacks: number
  readonly lease: number
}

/** How a call to a cluster is made. */
export interface MutationOptions {
  readonly fence: Fence
  readonly dryRun?: boolean
  readonly signal: AbortSignal
}

/**
 * The clusters, through AccessPoint.
 * Calls throw RefusedError when the answer is no, and Later when there is none.
 */
export interface Clusters {
  get(cluster: string, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined>
  /** The objects of a kind that carry the label of an application; none of a kind that is not served. */
  ofApplication(cluster: string, kind: KindRef, application: string, signal: AbortSignal): Promise<KubeObject[]>
  /** Forced server-side apply; answers the object as it is stored then (or would be). */
  apply(cluster: string, object: KubeObject, options: MutationOptions): Promise<KubeObject>
  /** Answers false when it was not there. */
  delete(
    cluster: string,
    ref: ObjectRef,
    options: MutationOptions & { uid?: string; propagation?: 'Foreground' | 'Background' | 'Orphan' },
  ): Promise<boolean>
  /** Whether a kind has namespaces; undefined when the cluster does not serve it. */
  isNamespaced(cluster: string, kind: KindRef, signal: AbortSignal): Promise<boolean | undefined>
  /** Waits a few seconds until the cluster serves a kind whose definition was just applied. */
  untilServed(cluster: string, kind: KindRef, signal: AbortSignal): Promise<boolean>
}

/** A cluster, or AccessPoint in front of it, said no. The message names object, cause and next step. */
export class RefusedError extends Error {
  constructor(
    message: string,
    readonly ref: ObjectRef,
    readonly status: number,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'RefusedError'
  }

  /** Somebody newer acts for this application: another replica, or a newer release. */
  get isFenced(): boolean {
    return this.reason === 'Fenced'
  }
}
