import { passPoint } from '@k8or/fault-points'
import { DelayedError, Queue, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { ReleasedError } from './keyed-runner'
import { waitId, type OnDue, type Wait, type Waits } from './waits'

/** How many waits that are over may be handed to the runner at once; it has its own limit. */
const handedAtOnce = 256
const handBackMs = 500

/** Where a queue of waits is. */
export interface RedisWaitsOptions {
  readonly name: string
  readonly redis: Redis
  readonly onError: (error: Error) => void
}

interface WaitData {
  readonly key: string
}

/**
 * Waits as delayed jobs of BullMQ. A job is done when its key was handled, so a process that dies on the way leaves it to
 * another. A replaced wait is deduplicated by key and reason; the mark is taken off as soon as the wait is over, so that
 * the handler may begin the same wait again.
 */
export class RedisWaits implements Waits {
  private readonly queue: Queue<WaitData>
  private readonly worker: Worker<WaitData>

  constructor(
    private readonly options: RedisWaitsOptions,
    onDue: OnDue,
  ) {
    const { name, redis, onError } = options
    const connection = { connection: redis, prefix: 'k8or' }
    this.queue = new Queue(name, {
      ...connection,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      streams: { events: { maxLen: 100 } },
    })
    this.worker = new Worker(name, (job, token) => end(job, token, onDue), {
      ...connection,
      concurrency: handedAtOnce,
      // A wait whose process died is taken over as often as it takes.
      maxStalledCount: 1_000_000,
      runRetryDelay: 1_000,
    })
    this.queue.on('error', onError)
    this.worker.on('error', onError)
  }

  async set(wait: Wait): Promise<void> {
    const delay = Math.max(0, wait.dueAt - Date.now())
    const id = Buffer.from(waitId(wait)).toString('base64url')
    await this.queue.add(wait.reason, { key: wait.key }, { delay, deduplication: { id, replace: true } })
    const [service = '', ...queue] = this.options.name.split('-')
    passPoint(service, 'wait', queue.join('-'))
  }

  /** Closes when what was handed to the runner has been handed back. */
  async stop(): Promise<void> {
    await this.worker.close()
    await this.queue.close()
  }

  /** Closes without Redis. Nothing answers while it is away, so nothing is waited for. */
  abandon(): void {
    const ignore = () => undefined
    this.worker.close(true).catch(ignore)
    this.queue.close().catch(ignore)
  }
}

async function end(job: Job<WaitData>, token: string | undefined, onDue: OnDue): Promise<void> {
  await job.removeDeduplicationKey()
  try {
    await onDue(job.data.key)
  } catch (error) {
    if (!(error instanceof ReleasedError)) throw error
    await job.moveToDelayed(Date.now() + handBackMs, token)
    throw new DelayedError()
  }
}
