import { setTimeout as delay } from 'node:timers/promises'
import { describeError } from '@k8or/outcome'
import type { Redis } from 'ioredis'
import type { JobsLog } from './jobs'
import { MemoryWaits } from './memory-waits'
import { isReady, opened } from './redis'
import { RedisWaits } from './redis-waits'
import type { OnDue, Wait, Waits } from './waits'

const deadlineMs = 2_000

/** What lasting waits are made of. */
export interface LastingWaitsOptions {
  readonly name: string
  readonly redis: Redis
  readonly log: JobsLog
}

/** Waits in Redis. While Redis is away new ones are timers, and are written down once it is back. */
export class LastingWaits implements Waits {
  private readonly memory: MemoryWaits
  private readonly stored: RedisWaits

  constructor(
    private readonly options: LastingWaitsOptions,
    onDue: OnDue,
  ) {
    const { name, redis, log } = options
    this.memory = new MemoryWaits(onDue)
    const onError = (error: Error) => {
      if (isReady(redis)) log.warn({ queue: name, reason: describeError(error) }, 'waits falter')
    }
    this.stored = new RedisWaits({ name, redis, onError }, onDue)
    redis.on('ready', () => void this.writeDown())
  }

  async set(wait: Wait): Promise<void> {
    if (await this.store(wait)) return
    await this.memory.set(wait)
    const { name, log } = this.options
    log.warn(
      { queue: name, key: wait.key, reason: wait.reason },
      'redis is away: this wait would not survive a restart',
    )
  }

  async stop(): Promise<void> {
    await this.memory.stop()
    if (isReady(this.options.redis)) await this.stored.stop()
    else this.stored.abandon()
  }

  private async writeDown(): Promise<void> {
    for (const wait of this.memory.take()) await this.set(wait)
  }

  /** True once Redis has it. A command without an answer may have been carried out: a wait twice does no harm. */
  private async store(wait: Wait): Promise<boolean> {
    await opened(this.options.redis, deadlineMs)
    if (!isReady(this.options.redis)) return false
    const giveUp = new AbortController()
    try {
      const stored = this.stored.set(wait).then(() => true)
      return await Promise.race([stored, delay(deadlineMs, false, { signal: giveUp.signal })])
    } catch {
      return false
    } finally {
      giveUp.abort()
    }
  }
}
