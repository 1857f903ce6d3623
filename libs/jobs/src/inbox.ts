import { describeError } from '@k8or/outcome'
import type { Redis } from 'ioredis'
import type { JobsLog } from './jobs'
import { isReady } from './redis'

const takenAtOnce = 500

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
  private owned: ReadonlySet<number> = new Set()

  constructor(private readonly options: InboxOptions) {
    this.listener = options.redis.duplicate()
    this.listener.on('error', () => undefined)
    this.listener.on('message', (_, bucket: string) => void this.take(Number(bucket)))
    this.listener.on('ready', () => void this.listen())
    options.redis.on('ready', () => this.sendUnsent())
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
    if (isReady(this.options.redis)) this.sendUnsent()
  }

  async stop(): Promise<void> {
    this.listener.disconnect()
  }

  /** Looks only once the word of others is heard: what is left in between would not be seen by either. */
  private async listen(): Promise<void> {
    await this.listener.subscribe(this.channel).catch(() => undefined)
    this.takeAll()
  }

  private sendUnsent(): void {
    for (const [key, bucket] of this.unsent) void this.sendOne(key, bucket)
  }

  private async sendOne(key: string, bucket: number): Promise<void> {
    try {
      await this.options.redis.multi().sadd(this.setOf(bucket), key).publish(this.channel, String(bucket)).exec()
      this.unsent.delete(key)
    } catch (error) {
      this.warn(error, 'a mark waits for redis')
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
