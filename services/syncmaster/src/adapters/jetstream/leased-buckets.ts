import { bucketCount, bucketOf, leaseRecord } from '@k8or/contracts'
import type { Bus, Leases } from '@k8or/jetstream'
import type { PartitionedJobs } from '@k8or/jobs'
import { describeError } from '@k8or/outcome'
import type { Logger } from '@k8or/telemetry'
import type { Applications } from '../../domain/application/applications'
import type { Buckets } from '../../domain/ports'
import type { LiveWatches } from '../accesspoint/live-watches'
import type { RecordedAccounts } from './accounts'

/** What follows the buckets that are held. */
export interface Followers {
  readonly accounts: RecordedAccounts
  readonly live: LiveWatches
  readonly applications: Applications
  readonly log: Logger
}

/** The buckets of applications that this replica holds by lease: on what it gains it makes a full pass. */
export class LeasedBuckets implements Buckets {
  readonly #leases: Leases
  #jobs: PartitionedJobs | undefined
  #passing: NodeJS.Timeout | undefined
  #nextPassed = 0
  #forget: (application: string) => void = () => undefined

  constructor(
    bus: Bus,
    private readonly settings: {
      readonly holder: string
      readonly leaseTtlMs: number
      readonly fullPassIntervalMs: number
    },
    private readonly followers: Followers,
  ) {
    this.#leases = bus.leases(leaseRecord, {
      holder: settings.holder,
      buckets: bucketCount,
      ttlMs: settings.leaseTtlMs,
      onGain: (bucket) => void this.#gain(bucket),
      onLoss: (bucket) => this.#lose(bucket),
    })
  }

  /** Told of each application that another replica takes over. */
  onLost(forget: (application: string) => void): void {
    this.#forget = forget
  }

  fenceOf(bucket: number): number | undefined {
    return this.#leases.fenceOf(bucket)
  }

  async start(jobs: PartitionedJobs): Promise<void> {
    this.#jobs = jobs
    await this.#leases.start()
    this.#passing = setInterval(() => this.#passOne(), this.settings.fullPassIntervalMs / bucketCount)
    this.#passing.unref()
  }

  /** Lets what runs finish, then gives all buckets back. */
  async stop(): Promise<void> {
    clearInterval(this.#passing)
    await this.#jobs?.stop()
    await this.#leases.stop()
  }

  async #gain(bucket: number): Promise<void> {
    this.#followHeld()
    try {
      const known = await this.followers.accounts.gain(bucket)
      this.#markAll(bucket, known)
    } catch (error) {
      this.followers.log.warn({ bucket, reason: describeError(error) }, 'what was stored of a bucket can not be read')
      setTimeout(() => void this.#gainAgain(bucket), 1000).unref()
    }
  }

  async #gainAgain(bucket: number): Promise<void> {
    if (this.#leases.fenceOf(bucket) !== undefined) await this.#gain(bucket)
  }

  #lose(bucket: number): void {
    this.#followHeld()
    for (const application of this.followers.accounts.lose(bucket)) this.#forget(application)
  }

  #followHeld(): void {
    const held = this.#leases.held()
    this.followers.live.cover(held)
    this.#jobs?.owned(held)
  }

  /** Those that are declared now, and those that were and may be gone. */
  #markAll(bucket: number, known: readonly string[]): void {
    const declared = this.followers.applications.list().map((application) => application.uid)
    for (const uid of new Set([...known, ...declared])) if (bucketOf(uid) === bucket) this.#jobs?.mark(uid)
  }

  /** The level-triggered pass goes round bucket by bucket, so that it is never a burst. */
  #passOne(): void {
    this.#nextPassed = (this.#nextPassed + 1) % bucketCount
    const bucket = this.#nextPassed
    // Every look uses its watches anew: one that several rounds did not use is for nothing. Who owns nothing does not look.
    if (bucket === 0 && this.#leases.held().length > 0)
      this.followers.live.endUnused(3 * this.settings.fullPassIntervalMs)
    if (this.#leases.fenceOf(bucket) !== undefined) this.#markAll(bucket, this.followers.accounts.known(bucket))
  }
}
