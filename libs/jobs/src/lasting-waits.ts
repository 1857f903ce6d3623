import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describeError } from '@k8or/outcome'
import type { Redis } from 'ioredis'
import type { JobsLog } from './jobs'
import { MemoryWaits } from './memory-waits'
import { isReady, opened } from './redis'
import { RedisWaits } from './redis-waits'
import { waitId, type OnDue, type Wait, type Waits } from './waits'

const deadlineMs = 2_000
/** How often it is looked whether Redis still has what was written down, and for how long it remembers that we asked. */
const lookMs = 10_000
const rememberedSeconds = 86_400
/** Waits that were over before this are not begun again. */
const overMs = 60_000

/** What lasting waits are made of. */
export interface LastingWaitsOptions {
  readonly name: string
  readonly redis: Redis
  readonly log: JobsLog
}

/**
 * Waits in Redis. While Redis is away new ones are timers, and are written down once it is back. Those of a Redis that was
 * emptied are written down again: without its next look a key would never be looked at.
 */
export class LastingWaits implements Waits {
  private readonly memory: MemoryWaits
  private readonly stored: RedisWaits
  /** Those that were begun here, by what tells them apart. */
  private readonly begun = new Map<string, Wait>()
  /** Gone when Redis has lost everything. */
  private readonly mark: string
  private readonly looking: NodeJS.Timeout
  private isMarked = false
  private isLooking = false
  private isStopped = false

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
    this.mark = `k8or:${name}:knows:${randomUUID()}`
    redis.on('ready', () => void this.writeDown())
    void this.look()
    this.looking = setInterval(() => void this.look(), lookMs)
    this.looking.unref()
  }

  async set(wait: Wait): Promise<void> {
    this.begun.set(waitId(wait), wait)
    if (await this.store(wait)) return
    await this.memory.set(wait)
    const { name, log } = this.options
    log.warn(
      { queue: name, key: wait.key, reason: wait.reason },
      'redis is away: this wait would not survive a restart',
    )
  }

  async stop(): Promise<void> {
    this.isStopped = true
    clearInterval(this.looking)
    await this.memory.stop()
    const isClosed =
      isReady(this.options.redis) && (await inTime(this.stored.stop().then(() => true)).catch(() => false))
    if (!isClosed) this.stored.abandon()
  }

  private async writeDown(): Promise<void> {
    for (const wait of this.memory.take()) await this.set(wait)
    await this.look()
  }

  /**
   * Looks whether Redis knows that we were there before. An answer tells that once, so a late one counts as well: as long
   * as none came, nothing more is asked.
   */
  private async look(): Promise<void> {
    const { redis, name, log } = this.options
    if (!isReady(redis) || this.isLooking) return
    this.isLooking = true
    try {
      const known = await this.told(redis.set(this.mark, '1', 'EX', rememberedSeconds, 'GET'))
      const isLost = this.isMarked && known === null
      this.isMarked = true
      const open = this.open()
      if (!isLost || open.length === 0) return
      log.info({ queue: name, waits: open.length }, 'redis has lost its waits: they are written down again')
      for (const wait of open) await this.set(wait)
    } catch (error) {
      // The connection was closed beneath it.
      if (this.isStopped) return
      log.warn({ queue: name, reason: describeError(error) }, 'it is not known whether redis has the waits still')
    } finally {
      this.isLooking = false
    }
  }

  /** An answer, and a line in the log when it is late. */
  private async told<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { name, log } = this.options
    const late = setTimeout(() => log.warn({ queue: name }, 'redis does not answer'), deadlineMs).unref()
    return answer.finally(() => clearTimeout(late))
  }

  /** Those that are not over, as far as can be known here: one that begins twice does no harm. */
  private open(): Wait[] {
    const since = Date.now() - overMs
    for (const [id, { dueAt }] of this.begun) if (dueAt < since) this.begun.delete(id)
    return [...this.begun.values()]
  }

  /** True once Redis has it. A command without an answer may have been carried out: a wait twice does no harm. */
  private async store(wait: Wait): Promise<boolean> {
    await opened(this.options.redis, deadlineMs)
    if (!isReady(this.options.redis)) return false
    return inTime(this.stored.set(wait).then(() => true)).catch(() => false)
  }
}

/** False where Redis does not answer. */
async function inTime(answer: Promise<true>): Promise<boolean> {
  const giveUp = new AbortController()
  try {
    return await Promise.race([answer, delay(deadlineMs, false, { signal: giveUp.signal })])
  } finally {
    giveUp.abort()
  }
}
