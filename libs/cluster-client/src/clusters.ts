import type { ObjectRef } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'

/** A kind as one cluster serves it. */
export interface ApiResource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

/** Release and lease under which a mutation is made for an application. */
export interface Fence {
  readonly application: string
  readonly release: number
  /** How often the application was set back to an older release; absent is never. */
  readonly setbacks?: number
  readonly lease: number
}

export interface CallOptions {
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

export interface MutationOptions extends CallOptions {
  /** Absent for the mesh's own objects (status of Applications, Events). */
  readonly fence?: Fence
  readonly dryRun?: boolean
}

export interface WatchOptions {
  readonly signal: AbortSignal
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** The present objects, whenever the watch (re)starts from a list: replaces all that is known. */
  readonly onSnapshot: (objects: KubeObject[]) => void
  readonly onEvent: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => void
  /** Told when the watch is broken (it goes on trying), and with null when it stands again. */
  readonly onTrouble?: (error: Error | null) => void
}

/** The Kubernetes API of every cluster, through AccessPoint. */
export interface Clusters {
  /** @throws KubeError (with `status` and `reason`; 404 is `undefined` here) or Later */
  get(cluster: string, ref: ObjectRef, options: CallOptions): Promise<KubeObject | undefined>
  list(
    cluster: string,
    resource: Pick<ApiResource, 'group' | 'version' | 'kind'>,
    options: CallOptions & { namespace?: string; labelSelector?: string },
  ): Promise<KubeObject[]>
  /** Forced server-side apply under Argo CD's field manager; answers the object as stored (or as it would be). */
  apply(cluster: string, object: KubeObject, options: MutationOptions): Promise<KubeObject>
  create(cluster: string, object: KubeObject, options: MutationOptions): Promise<KubeObject>
  /** JSON merge patch. */
  mergePatch(cluster: string, ref: ObjectRef, patch: unknown, options: MutationOptions): Promise<KubeObject>
  /** Answers false when it was not there. `uid` and `resourceVersion` are preconditions. */
  delete(
    cluster: string,
    ref: ObjectRef,
    options: MutationOptions & { uid?: string; propagation?: 'Foreground' | 'Background' | 'Orphan' },
  ): Promise<boolean>
  /** Keeps a list and watch going until the signal aborts: bookmarks, 410, dropped connections. Never rejects. */
  watch(cluster: string, resource: Pick<ApiResource, 'group' | 'version' | 'kind'>, options: WatchOptions): void
  /** What the cluster serves: cached, asked again when a kind is unknown, at most every few seconds. */
  discover(
    cluster: string,
    kind: Pick<ApiResource, 'group' | 'version' | 'kind'>,
    options: CallOptions,
  ): Promise<ApiResource | undefined>
  /** Every preferred resource of the cluster. */
  resources(cluster: string, options: CallOptions): Promise<ApiResource[]>
}
