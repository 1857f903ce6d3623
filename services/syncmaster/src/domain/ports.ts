import type { ObjectRef, ReleaseRecord, StopRecord } from '@k8or/contracts'
import type { KindRef, KubeObject } from '@k8or/kube-objects'
import type { Marks } from '@k8or/outcome'
import type { Accounts } from './account/accounts'
import type { Applications } from './application/applications'
import type { Clusters } from './cluster/clusters'
import type { LiveIndex } from './drift/live-index'
import type { SyncAnnouncer } from './fact/announcer'
import type { DesiredSet } from './plan/desired'
import type { Targets } from './project/targets'
import type { Verdict } from './status/health'

/** The time. */
export interface Clock {
  now(): Date
}

/** The emergency stops that stand. */
export interface Stops {
  /** What keeps this cluster from being changed: its own stop, or that of the mesh. */
  over(cluster: string): StopRecord | undefined
}

/** The releases of ChartStore. */
export interface Releases {
  latest(application: string): Promise<ReleaseRecord | undefined>
  /** One release by number, while it is kept. */
  get(application: string, release: number): Promise<ReleaseRecord | undefined>
  /** The numbers of the releases that are kept, newest first. */
  kept(application: string, signal: AbortSignal): Promise<number[]>
  manifests(release: ReleaseRecord, signal: AbortSignal): Promise<KubeObject[]>
}

/** Completed sets of objects, so that an unchanged release is completed once. */
export interface DesiredSets {
  get(key: string): DesiredSet | undefined
  put(key: string, set: DesiredSet): void
}

/** What InsightHub thinks. */
export interface Verdicts {
  ofApplication(application: string): Verdict | undefined
  ofObject(application: string, ref: ObjectRef): Verdict | undefined
}

/** The live objects, by watches. */
export interface Live {
  readonly index: LiveIndex
  /** Begins to watch these kinds of a cluster, where that is not done yet. */
  watch(cluster: string, kinds: readonly KindRef[]): void
  /** The kinds of a cluster that are watched. */
  kinds(cluster: string): readonly KindRef[]
  /** Resolves when these kinds are known; with the trouble that stands in the way, if there is any. */
  known(cluster: string, kinds: readonly KindRef[], signal: AbortSignal): Promise<string | undefined>
}

/** What is told in logs and metrics. */
export interface Signals {
  syncEnded(of: {
    readonly application: string
    readonly sync: string
    readonly cluster: string
    readonly phase: string
    readonly trigger: string
    readonly message: string
    readonly changed: number
    readonly seconds: number
    /** It failed as the try before it did: that was told. */
    readonly isRepeated: boolean
  }): void
  /** The message names object, field, cause and next step. */
  objectFailed(of: { readonly application: string; readonly cluster: string; readonly message: string }): void
  healed(of: {
    readonly application: string
    readonly cluster: string
    readonly object: string
    readonly failure: string | undefined
  }): void
  /** Not for want of the bus: it will not pass by itself. */
  healUntold(of: { readonly application: string; readonly message: string }): void
  /** Something about an Application is wrong that was not before. */
  conditionCame(of: {
    readonly application: string
    readonly type: string
    readonly message: string
    /** The log says so already, in other words. */
    readonly isTold: boolean
  }): void
}

/** The buckets of applications that are held here. */
export interface Buckets {
  /** The fence of the bucket, while it is held. */
  fenceOf(bucket: number): number | undefined
}

/** Everything that reconciling an application needs of the world. */
export interface Ports {
  readonly clock: Clock
  readonly applications: Applications
  readonly targets: Targets
  readonly stops: Stops
  readonly clusters: Clusters
  readonly releases: Releases
  readonly desiredSets: DesiredSets
  readonly verdicts: Verdicts
  readonly live: Live
  readonly accounts: Accounts
  readonly announcer: SyncAnnouncer
  readonly marks: Marks
  readonly buckets: Buckets
  readonly signals: Signals
}
