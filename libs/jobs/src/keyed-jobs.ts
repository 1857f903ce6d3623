import { Attempts } from './attempts'
import type { Jobs, JobsOptions } from './jobs'
import { KeyedRunner } from './keyed-runner'
import type { OnDue, Waits } from './waits'

/** A retry that comes sooner than this is a timer: to write it down would take longer than it is worth. */
const shortRetryMs = 1_000

/** What keyed jobs are joined from. */
export interface KeyedJobsParts {
  readonly options: JobsOptions
  /** Makes the waits, given what to do when one is over. */
  readonly waits: (onDue: OnDue) => Waits
  /** Takes keys that are handled elsewhere; true when it took the key. */
  readonly handOver: (key: string) => boolean
}

/** Marks in memory, waits wherever they are kept, retries by back-off. */
export class KeyedJobs implements Jobs {
  readonly runner: KeyedRunner
  private readonly attempts: Attempts
  private readonly waits: Waits
  private readonly retries = new Map<string, NodeJS.Timeout>()

  constructor(private readonly parts: KeyedJobsParts) {
    const { concurrency, backoffMs, laneOf = () => '' } = parts.options
    this.attempts = new Attempts(backoffMs)
    this.runner = new KeyedRunner({ concurrency, laneOf }, (key, signal) => this.work(key, signal))
    this.waits = parts.waits((key) => this.due(key))
  }

  mark(key: string): void {
    if (!this.parts.handOver(key)) this.runner.mark(key)
  }

  later(key: string, delayMs: number, reason: string): Promise<void> {
    return this.waits.set({ key, reason, dueAt: Date.now() + delayMs })
  }

  settle(): Promise<void> {
    return this.runner.settle()
  }

  async stop(graceMs = 10_000): Promise<void> {
    for (const timer of this.retries.values()) clearTimeout(timer)
    await this.runner.stop(graceMs)
    await this.waits.stop()
  }

  /** Forgets what is known of keys that others handle from now on. */
  forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.attempts.forget(key)
      clearTimeout(this.retries.get(key))
      this.retries.delete(key)
    }
  }

  private async due(key: string): Promise<void> {
    if (!this.parts.handOver(key)) await this.runner.handled(key)
  }

  private async work(key: string, signal: AbortSignal): Promise<void> {
    clearTimeout(this.retries.get(key))
    this.retries.delete(key)
    try {
      await this.parts.options.handler(key, signal)
      this.attempts.succeeded(key)
    } catch (error) {
      if (!signal.aborted) await this.fail(key, error)
    }
  }

  private async fail(key: string, error: unknown): Promise<void> {
    const failure = this.attempts.failedWith(key, error)
    this.parts.options.onFailure(key, failure)
    if (failure.nextInMs === undefined) return
    if (failure.nextInMs > shortRetryMs) return this.later(key, failure.nextInMs, 'retry')
    const timer = setTimeout(() => this.mark(key), failure.nextInMs)
    this.retries.set(key, timer)
  }
}
