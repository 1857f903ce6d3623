import { applicationToken, bucketOf, instanceName, type ReleaseRecord } from '@k8or/contracts'
import type { Project } from '@k8or/projects'
import { sourcesOf, type Application } from '../application/application'
import { automationOf, syncOptionsOf, type AutomationPolicy, type SyncOptions } from '../application/policy'
import { digestOf } from '../digest'
import type { Change } from '../plan/change'
import type { DesiredSet } from '../plan/desired'
import type { MassChangeLimits } from '../plan/prune'
import type { TokenBuckets } from '../drift/token-bucket'
import type { Account } from '../account/accounts'
import type { Fence } from '../cluster/clusters'
import type { Ports } from '../ports'
import type { TargetCluster } from '../project/rules'
import type { Decision } from './decide'
import type { Outcome } from './outcome'
import { isTold, type SyncPointer } from './sync-pointer'

/** What is set for all applications. */
export interface Settings {
  readonly controlNamespace: string
  /** Who we are, for the claim on an application. */
  readonly installation: string
  readonly massChange: MassChangeLimits
  /** How many objects of one sync go to the cluster side by side. */
  readonly parallelApplies: number
  /** How often each object may be put back. */
  readonly healBuckets: TokenBuckets
  /** How many syncs the status remembers where the Application does not say. */
  readonly historyLimit: number
}

/** What is remembered of an application between two looks; losing it costs some calls, never a mistake. */
export class Memory {
  /** What the API server predicted of an apply, by object. */
  readonly comparisons = new Map<string, { desired: string; version: string; isSame: boolean }>()
  /** The version of each drifted object that was announced last. */
  readonly announcedDrifts = new Map<string, string>()
  /** How many looks in a row were troubled on the way. */
  troubles = 0
  lastProbeMs = 0
  reportedAtMs = 0
  failedHeals = 0
  healAgainMs = 0
}

/** What a step says when no further step is to be taken; `silent` leaves the status alone. */
export type EndOfLook = 'report' | 'silent'

/** One look at one application: what was found so far. Each step adds to it. */
export class Work {
  readonly conditions = new Map<string, string>()
  project: Project | undefined
  cluster: TargetCluster | undefined
  /** The release that is to be on the cluster: the newest, or the one where the application is held. */
  release: ReleaseRecord | undefined
  /** The newest release of what the sources say, where another one is to be on the cluster. */
  newer: ReleaseRecord | undefined
  desired: DesiredSet | undefined
  changes: readonly Change[] | undefined
  decision: Decision | undefined
  outcome: Outcome | undefined
  /** The comparison could not be made: its status is Unknown. */
  isUnknown = false
  /** There is no release of what is declared now: the status stays as it is. */
  isWaiting = false
  /** The sync that was just ended in the middle. */
  ended: SyncPointer | undefined
  /** Why automated prunes are held back. */
  pruneHeld: string | undefined
  /** When to look again though nothing happens. */
  lookAgain: { readonly delayMs: number; readonly reason: string } | undefined

  readonly #writes: Promise<unknown>[] = []

  constructor(
    readonly application: Application,
    readonly account: Account,
    readonly memory: Memory,
    readonly lease: number,
    readonly ports: Ports,
    readonly settings: Settings,
    readonly signal: AbortSignal,
    /** The release that a question is about; undefined is the one that is to be on the cluster. */
    readonly askedRelease?: number,
  ) {}

  get uid(): string {
    return this.application.uid
  }

  get bucket(): number {
    return bucketOf(this.uid)
  }

  get instance(): string {
    return instanceName(this.application.namespace, this.application.name, this.settings.controlNamespace)
  }

  get token(): string {
    return applicationToken(this.instance, this.uid)
  }

  get policy(): AutomationPolicy {
    return automationOf(this.application.spec)
  }

  get options(): SyncOptions {
    return syncOptionsOf(this.application, this.application.operation?.sync?.syncOptions ?? [])
  }

  get now(): Date {
    return this.ports.clock.now()
  }

  /** Digest of all in the declaration that bears on a sync: when it changes, a failed sync deserves a new try. */
  get declared(): string {
    const { project, destination, syncPolicy } = this.application.spec
    return digestOf({ project, destination, syncPolicy, sources: sourcesOf(this.application.spec) }).slice(0, 16)
  }

  get operationDigest(): string {
    return operationDigest(this.application)
  }

  /**
   * The sync that the status has to tell: the one that just ended, or one that ended before and whose end a crash kept
   * from being told.
   */
  get toldSync(): SyncPointer | undefined {
    const ended = this.outcome?.sync
    if (ended) return ended
    const last = this.account.sync
    if (!last || last.phase === 'Running' || last.release !== this.release?.release) return undefined
    return isTold(last, this.application.status) ? undefined : last
  }

  get fence(): Fence {
    return {
      ...{ application: this.uid, release: needed(this.release).release },
      ...{ setbacks: this.setbacks, lease: this.lease },
    }
  }

  /** How often the application was set back to an older release, this time included where it is about to be. */
  get setbacks(): number {
    const { sync } = this.account
    if (!sync) return 0
    return this.release && this.release.release < sync.release ? sync.setbacks + 1 : sync.setbacks
  }

  /** It can not be compared, and waiting alone will not help: an operation that asks for it ends with the reason. */
  get isRejected(): boolean {
    return this.isUnknown && (this.lookAgain === undefined || this.conditions.has('InvalidSpecError'))
  }

  /** Lets a record or a fact be stored while the work goes on; `settleWrites` waits for it. */
  write(storing: Promise<unknown>): void {
    this.#writes.push(storing)
    // Told by settleWrites; until then nobody listens.
    storing.catch(() => undefined)
  }

  /** Waits until all is stored. @throws what kept one of them from being stored */
  async settleWrites(): Promise<void> {
    await Promise.all(this.#writes.splice(0))
  }

  /** Stops at once when somebody else has taken the bucket over. */
  holdsLease(): boolean {
    return this.ports.buckets.fenceOf(this.bucket) === this.lease
  }

  /** Declares the comparison impossible. */
  unknown(type: string, message: string): EndOfLook {
    this.conditions.set(type, message)
    this.isUnknown = true
    return 'report'
  }
}

/** What tells the operation that is asked for from all others; empty when none is. */
export function operationDigest({ operation }: Application): string {
  return operation ? digestOf(operation).slice(0, 16) : ''
}

/** What an earlier step has found. */
export function needed<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a step came before the one that it builds on')
  return value
}
