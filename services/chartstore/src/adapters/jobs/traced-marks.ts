import type { Jobs } from '@k8or/jobs'
import { currentTraceparent, withTraceparent } from '@k8or/telemetry'
import type { Marks } from '../../domain/agenda/agenda'

/** Keys as jobs that remember the trace they were marked in. What is marked before there are jobs is dropped: the start looks at all. */
export class TracedMarks implements Marks {
  #jobs: Jobs | undefined
  readonly #traces = new Map<string, string>()

  /** From now on marks are taken. */
  join(jobs: Jobs): void {
    this.#jobs = jobs
  }

  mark(key: string): void {
    const trace = currentTraceparent()
    if (trace !== undefined) this.#traces.set(key, trace)
    this.#jobs?.mark(key)
  }

  async later(key: string, delayMs: number, reason: string): Promise<void> {
    await this.#jobs?.later(key, delayMs, reason)
  }

  /** Handles a key in the trace of whoever asked for it. */
  traced(key: string, handle: () => Promise<void>): Promise<void> {
    const trace = this.#traces.get(key)
    this.#traces.delete(key)
    return withTraceparent(trace, handle)
  }
}
