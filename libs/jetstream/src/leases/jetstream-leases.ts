import { performance } from 'node:perf_hooks'
import type { LeaseRecord } from '@k8or/contracts'
import { describeError } from '@k8or/outcome'
import type { LeaseOptions, Leases, RowChange } from '../bus'
import { RecordConflictError } from '../errors'
import type { BusLog } from '../log'
import type { JetStreamRecords } from '../records/jetstream-records'
import { pause } from '../pause'
import { fairShare } from './fair-share'
import { deadlineOf, type HeldLease } from './held-lease'
import { Rounds } from './rounds'

const settleMs = 20
const goodbyeMs = 1_000

/**
 * Leases on numbered buckets. A row `bucket.<n>` says who has a bucket and lives only as long as it is renewed; a row
 * `holder.<name>` says that a holder is alive. Each holder works out the fair share by itself, gives back what others
 * should have, and takes what is free. The server decides who wins: every write expects the revision it follows.
 */
export class JetStreamLeases implements Leases {
  private readonly leases = new Map<number, HeldLease>()
  private readonly rowsSeen = new Map<number, { readonly holder: string; readonly revision: number }>()
  private readonly holders = new Set<string>()
  /** The buckets whose renewal was asked for and is not answered yet. */
  private readonly unanswered = new Set<number>()
  private readonly ending = new AbortController()
  private readonly rounds: Rounds
  private readonly since = new Date().toISOString()
  private readonly me: string
  private announcedAt = -Infinity
  private awakeAt = -Infinity

  constructor(
    private readonly rows: JetStreamRecords<LeaseRecord>,
    private readonly options: LeaseOptions,
    private readonly log: BusLog,
  ) {
    this.me = options.holder.replace(/[^-=\w]/g, '_')
    const everyMs = options.ttlMs / 4
    this.rounds = new Rounds({ everyMs, settleMs, signal: this.ending.signal, round: () => this.round() })
  }

  async start(): Promise<void> {
    const { signal } = this.ending
    await this.announce()
    await this.rows.watch((change) => this.learn(change), { signal })
    await this.rounds.start()
    const guard = setInterval(() => this.wake(), Math.max(50, this.options.ttlMs / 20))
    guard.unref()
    signal.addEventListener('abort', () => clearInterval(guard), { once: true })
  }

  fenceOf(bucket: number): number | undefined {
    const lease = this.leases.get(bucket)
    return lease && this.stands(lease) ? lease.fence : undefined
  }

  held(): number[] {
    return [...this.leases.keys()].filter((bucket) => this.fenceOf(bucket) !== undefined).sort((a, b) => a - b)
  }

  async stop(): Promise<void> {
    this.ending.abort()
    await this.rounds.settle()
    const mine = [...this.leases.values()]
    const goodbyes = [...mine.map((lease) => this.giveBack(lease)), this.attempt(() => this.leave(), 'leave')]
    // Whom the bus does not hear, it forgets by itself.
    await Promise.race([Promise.all(goodbyes), pause(goodbyeMs)])
  }

  private learn({ key, value, revision }: RowChange<LeaseRecord>): void {
    const [kind, name = ''] = key.split('.')
    if (kind === 'holder') {
      if (value) this.holders.add(name)
      else this.holders.delete(name)
    } else {
      const bucket = Number(name)
      if (value) this.rowsSeen.set(bucket, { holder: value.holder, revision })
      else this.rowsSeen.delete(bucket)
    }
    this.rounds.soon()
  }

  /** One look at everything: renew, give back, take. */
  private async round(): Promise<void> {
    this.dropExpired()
    const due = [...this.leases.values()].filter((lease) => this.isDue(lease))
    const announced = this.attempt(() => this.announceWhenDue(), 'announce')
    await Promise.all([announced, ...due.map((lease) => this.renew(lease))])
    const shares = fairShare(this.options.buckets, [...this.holders, this.me], this.holdings())
    const surplus = [...this.leases.values()].filter(({ bucket }) => shares.get(bucket) !== this.me)
    await Promise.all(surplus.map((lease) => this.giveBack(lease)))
    const free = [...shares].filter(([bucket, holder]) => holder === this.me && this.isFree(bucket))
    await Promise.all(free.map(([bucket]) => this.take(bucket)))
  }

  private holdings(): Map<number, string> {
    return new Map([...this.rowsSeen].map(([bucket, { holder }]) => [bucket, holder]))
  }

  /** Nobody has it, or this holder had it before a pause or a restart. */
  private isFree(bucket: number): boolean {
    const holder = this.rowsSeen.get(bucket)?.holder
    return !this.leases.has(bucket) && (holder === undefined || holder === this.me)
  }

  /**
   * In time; or asked for in time and not answered, while nobody else is known who could have it: who is alone goes on
   * though the bus is away. Should somebody have come meanwhile, the fence tells.
   */
  private stands({ bucket, deadline }: HeldLease): boolean {
    return performance.now() < deadline || (this.unanswered.has(bucket) && this.isAlone() && this.isAwake())
  }

  /** A process that stood still does not know what it missed. */
  private isAwake(): boolean {
    return performance.now() - this.awakeAt < this.options.ttlMs / 2
  }

  private isAlone(): boolean {
    return [...this.holders].every((holder) => holder === this.me)
  }

  private isDue(lease: HeldLease): boolean {
    return lease.deadline - performance.now() < this.options.ttlMs * 0.6
  }

  private async take(bucket: number): Promise<void> {
    const sentAt = performance.now()
    await this.attempt(async () => {
      const fence = await this.win(bucket)
      this.rowsSeen.set(bucket, { holder: this.me, revision: fence })
      this.leases.set(bucket, { bucket, fence, revision: fence, deadline: deadlineOf(sentAt, this.options.ttlMs) })
      this.options.onGain(bucket, fence)
    }, `take bucket ${bucket}`)
  }

  private win(bucket: number): Promise<number> {
    const { ttlMs } = this.options
    const mine = this.rowsSeen.get(bucket)
    if (!mine) return this.rows.create(`bucket.${bucket}`, this.row(), { ttlMs })
    return this.rows.store(`bucket.${bucket}`, this.row(), { revision: mine.revision, ttlMs })
  }

  private async renew(lease: HeldLease): Promise<void> {
    const { bucket } = lease
    const sentAt = performance.now()
    this.unanswered.add(bucket)
    try {
      const { ttlMs } = this.options
      const row = { ...this.row(), fence: lease.fence }
      const revision = await this.rows.store(`bucket.${bucket}`, row, { revision: lease.revision, ttlMs })
      this.unanswered.delete(bucket)
      this.rowsSeen.set(bucket, { holder: this.me, revision })
      if (!this.leases.has(bucket)) return
      if (performance.now() < lease.deadline)
        this.leases.set(bucket, { ...lease, revision, deadline: deadlineOf(sentAt, ttlMs) })
      // What was to be stored meanwhile may not be: it is won anew, and read anew.
      else this.lose(bucket)
    } catch (error) {
      if (error instanceof RecordConflictError) this.lose(bucket)
      else this.log.warn({ bucket, reason: describeError(error) }, 'a lease could not be renewed')
    }
  }

  private async giveBack({ bucket, revision }: HeldLease): Promise<void> {
    this.lose(bucket)
    await this.attempt(async () => {
      await this.rows.remove(`bucket.${bucket}`, revision)
      this.rowsSeen.delete(bucket)
    }, `give back bucket ${bucket}`)
  }

  private wake(): void {
    this.dropExpired()
    this.awakeAt = performance.now()
  }

  private dropExpired(): void {
    for (const lease of [...this.leases.values()]) if (!this.stands(lease)) this.lose(lease.bucket)
  }

  private lose(bucket: number): void {
    this.unanswered.delete(bucket)
    if (this.leases.delete(bucket)) this.options.onLoss(bucket)
  }

  private async announceWhenDue(): Promise<void> {
    if (performance.now() - this.announcedAt >= this.options.ttlMs / 4) await this.announce()
  }

  private async announce(): Promise<void> {
    const at = performance.now()
    await this.rows.store(`holder.${this.me}`, this.row(), { ttlMs: this.options.ttlMs })
    this.announcedAt = at
  }

  private async leave(): Promise<void> {
    await this.rows.remove(`holder.${this.me}`)
  }

  private row(): LeaseRecord {
    return { holder: this.me, since: this.since }
  }

  private async attempt(action: () => Promise<void>, what: string): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (error instanceof RecordConflictError) this.rounds.soon()
      else this.log.warn({ holder: this.me, reason: describeError(error) }, `can not ${what}`)
    }
  }
}
