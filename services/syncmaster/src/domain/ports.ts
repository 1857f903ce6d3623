import type {
  AppliedRecord,
  ApplicationRecord,
  ApplicationRef,
  ObjectRef,
  ReleaseRecord,
  StopRecord,
  SyncedObject,
  SyncStarted,
} from '@k8or/contracts'
import type { KindRef, KubeObject } from '@k8or/kube-objects'
import type { Project } from '@k8or/projects'
import type { Application } from './application/application'
import type { LiveIndex } from './drift/live-index'
import type { DesiredSet } from './plan/desired'
import type { NamedCluster } from './project/destination'
import type { TargetCluster } from './project/rules'
import type { Verdict } from './status/health'
import type { SyncPointer } from './sync/sync-pointer'

/** The time. */
export interface Clock {
  now(): Date
}

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

/** Which cluster a destination names. */
export interface Targets {
  resolve(named: NamedCluster, signal: AbortSignal): Promise<TargetCluster | TargetProblem>
}

/** Why the cluster of a destination can not be used, naming what is wrong and what to do. */
export interface TargetProblem {
  readonly problem: string
  /** Somebody declares the cluster, in a way that can not be read: it is not gone. */
  readonly isDeclared: boolean
}

/** The Applications and AppProjects of the hub, as the watch last showed them. */
export interface Applications {
  /** Whether the watch has shown all there are: only then is one that is missing gone. */
  isComplete(): boolean
  get(uid: string): Application | undefined
  list(): Application[]
  project(name: string): Project | undefined
  /** Asks for the resource as it is now. */
  read(application: Application, signal: AbortSignal): Promise<Application | undefined>
  /**
   * Changes the resource by a JSON merge patch. Nothing happens when it is gone.
   * @throws ConflictError when the patch names a resource version and another is the present one
   */
  patch(application: Application, patch: Record<string, unknown>, signal: AbortSignal): Promise<void>
  /** Leaves a Kubernetes Event on the resource; may drop it when there are too many. */
  note(application: Application, event: { reason: string; message: string; isWarning?: boolean }): void
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
  /** Resolves when these kinds are known; with the trouble that stands in the way, if there is any. */
  known(cluster: string, kinds: readonly KindRef[], signal: AbortSignal): Promise<string | undefined>
}

/** What was done for one application. */
export interface AccountView {
  readonly applied: ReadonlyMap<string, AppliedRecord>
  readonly sync: SyncPointer | undefined
  /** What the other services know of the application. */
  readonly declaration: ApplicationRecord | undefined
  /** Whether the declaration was announced, too: a crash may come between the two. */
  readonly isAnnounced: boolean
  /** Nothing was ever done for the application. */
  readonly isEmpty: boolean
}

/** The account of an application in the hands of whoever owns its bucket: what is written survives a restart. */
export interface Account extends AccountView {
  remember(key: string, record: AppliedRecord): Promise<void>
  drop(key: string): Promise<void>
  saveSync(pointer: SyncPointer): Promise<void>
  /** Notes why the application is as it is; the same again is not noted twice. */
  noteDecision(decision: string, reason: string, release: number): Promise<void>
  /** Answers a number that tells this version of the declaration from all others. */
  saveDeclaration(record: ApplicationRecord): Promise<number>
  saveAnnounced(): Promise<void>
  /**
   * The application is gone: takes its declaration away. Answers by what its removal is announced, also when asked again
   * after a crash; undefined when it was never declared.
   */
  leave(): Promise<Leaving | undefined>
}

/** An application that is gone, as far as its removal must be told. */
export type Leaving = Pick<ApplicationRecord, 'ref' | 'token'>

/** The accounts of the applications whose buckets are held here. */
export interface Accounts {
  /** @throws Later when the bucket of the application is not held here */
  open(application: string): Promise<Account>
  /** The account as it is now, for whoever asks: the bucket may be held elsewhere. */
  read(application: string): Promise<AccountView>
  /** What an object of an application should look like: the digest of the fields that are ours. */
  expected(application: string, key: string): string | undefined
  /** Another replica takes over. */
  close(application: string): void
  /** The application is gone, and that was told: so is what is left of its account. */
  remove(application: string): Promise<void>
}

/** What a fact is about and where it came from. */
export interface Cause {
  readonly application: ApplicationRef
  readonly token: string
  readonly causes: readonly string[]
  readonly correlationId?: string
  readonly actor: string
}

/** One sync, as its facts name it. */
export interface SyncFact {
  readonly sync: string
  readonly release: number
  readonly cluster: string
}

/** One rollback, as its facts name it: the sync that carries it out, and the release before. */
export interface RollbackFact extends SyncFact {
  readonly from: number
}

/** One drifted object, as its facts name it. */
export interface DriftFact {
  readonly release: number
  readonly cluster: string
  readonly object: ObjectRef
  readonly uid: string
  readonly resourceVersion: string
}

/** Announces SyncMaster's facts. Each has an id that follows from its content: twice announced is once stored. */
export interface Announcer {
  declared(record: ApplicationRecord, version: number): Promise<void>
  removed(application: Leaving): Promise<void>
  planned(
    cause: Cause,
    sync: SyncFact,
    counts: { create: number; configure: number; delete: number; unchanged: number },
  ): Promise<void>
  started(
    cause: Cause,
    sync: SyncFact,
    how: Pick<SyncStarted, 'revisions' | 'trigger' | 'automated' | 'waves' | 'kinds'>,
  ): Promise<void>
  /** Answers false when this end was stored before: an earlier run had come this far. */
  finished(
    cause: Cause,
    sync: SyncFact,
    outcome: {
      revisions: string[]
      phase: 'Succeeded' | 'Failed' | 'Error'
      message: string
      objects: SyncedObject[]
      total: number
      startedAt: string
      finishedAt: string
    },
  ): Promise<boolean>
  rollbackStarted(cause: Cause, rollback: RollbackFact, how: { revisions: string[]; reason: string }): Promise<void>
  rollbackFinished(
    cause: Cause,
    rollback: RollbackFact,
    outcome: { phase: 'Succeeded' | 'Failed' | 'Error'; message: string; startedAt: string; finishedAt: string },
  ): Promise<void>
  driftDetected(
    cause: Cause,
    drift: DriftFact,
    how: { kind: 'changed' | 'deleted'; fields: string[]; manager: string; willHeal: boolean },
  ): Promise<void>
  driftRepaired(cause: Cause, drift: DriftFact, detectedId: string): Promise<void>
}

/** Where applications are marked; what is marked is looked at. A later look survives a restart. */
export interface Marks {
  mark(application: string): void
  later(application: string, delayMs: number, reason: string): Promise<void>
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

/** The resource was changed since it was read. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
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
  readonly announcer: Announcer
  readonly marks: Marks
  readonly buckets: Buckets
  readonly signals: Signals
}
