import { describeError } from '@k8or/outcome'
import type { Redis } from 'ioredis'
import type { JobsLog } from './jobs'
import { isReady } from './redis'

const takenAtOnce = 500
const retryMs = 1_000

/** What an inbox is made of. */
export interface InboxOptions {
  readonly name: string
  readonly redis: Redis
  readonly log: JobsLog
  /** The key is for this replica. */
  readonly onKey: (key: string) => void
}

/**
 * Marks for buckets that another replica owns: a set per bucket, and a word to all replicas that there is something.
 * What nobody owns stays until somebody does.
 */
export class Inbox {
  private readonly listener: Redis
  private readonly unsent = new Map<string, number>()
  private isSending = false
  private again: NodeJS.Timeout | undefined
  private owned: ReadonlySet<number> = new Set()

  constructor(private readonly options: InboxOptions) {
    this.listener = options.redis.duplicate()
    this.listener.on('error', () => undefined)
    this.listener.on('message', (_, bucket: string) => void this.take(Number(bucket)))
    this.listener.on('ready', () => void this.listen())
    options.redis.on('ready', () => void this.sendUnsent())
  }

  /** From now on these buckets are this replica's. */
  own(buckets: ReadonlySet<number>): void {
    const gained = [...buckets].filter((bucket) => !this.owned.has(bucket))
    this.owned = buckets
    for (const bucket of gained) void this.take(bucket)
  }

  /** Leaves a key for the owner of its bucket; kept until Redis takes it. */
  send(key: string, bucket: number): void {
    this.unsent.set(key, bucket)
    void this.sendUnsent()
  }

  async stop(): Promise<void> {
    clearTimeout(this.again)
    this.listener.disconnect()
  }

  /** Looks only once the word of others is heard: what is left in between would not be seen by either. */
  private async listen(): Promise<void> {
    await this.listener.subscribe(this.channel).catch(() => undefined)
    this.takeAll()
  }

  /** All that there is at once, and nothing more before that was answered: however long Redis takes, it is asked one thing. */
  private async sendUnsent(): Promise<void> {
    if (this.isSending) return
    this.isSending = true
    let isTaken = true
    while (isTaken && this.unsent.size > 0 && isReady(this.options.redis)) isTaken = await this.sendAll()
    this.isSending = false
    // What a Redis refuses that stays connected would otherwise wait for the next mark.
    if (!isTaken) this.again = setTimeout(() => void this.sendUnsent(), retryMs).unref()
  }

  /** A key that is marked meanwhile is sent once more: its owner may have taken and handled it already. */
  private async sendAll(): Promise<boolean> {
    const taken = [...this.unsent]
    this.unsent.clear()
    const word = this.options.redis.multi()
    for (const [key, bucket] of taken) word.sadd(this.setOf(bucket), key)
    for (const bucket of new Set(taken.map(([, bucket]) => bucket))) word.publish(this.channel, String(bucket))
    try {
      await word.exec()
      return true
    } catch (error) {
      for (const [key, bucket] of taken) this.unsent.set(key, bucket)
      this.warn(error, 'marks wait for redis')
      return false
    }
  }

  private takeAll(): void {
    for (const bucket of this.owned) void this.take(bucket)
  }

  private async take(bucket: number): Promise<void> {
    if (!this.owned.has(bucket)) return
    try {
      const keys = await this.options.redis.spop(this.setOf(bucket), takenAtOnce)
      for (const key of keys) this.options.onKey(key)
      if (keys.length === takenAtOnce) await this.take(bucket)
    } catch (error) {
      this.warn(error, 'marks of others can not be taken')
    }
  }

  private warn(error: unknown, message: string): void {
    this.options.log.warn({ queue: this.options.name, reason: describeError(error) }, message)
  }

  private get channel(): string {
    return `k8or:${this.options.name}:inbox`
  }

  private setOf(bucket: number): string {
    return `${this.channel}:${bucket}`
  }
}
