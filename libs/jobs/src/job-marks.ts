import type { Marks } from '@k8or/outcome'
import { currentTraceparent, withTraceparent } from '@k8or/telemetry'
import type { Jobs } from './jobs'

/** Keys as jobs. What is marked before there are jobs is dropped: the start looks at all. */
export class JobMarks implements Marks {
  #jobs: Pick<Jobs, 'mark' | 'later'> | undefined

  /** From now on marks are taken. */
  join(jobs: Pick<Jobs, 'mark' | 'later'>): void {
    this.#jobs = jobs
  }

  mark(key: string): void {
    this.#jobs?.mark(key)
  }

  async later(key: string, delayMs: number, reason: string): Promise<void> {
    await this.#jobs?.later(key, delayMs, reason)
  }
}

/** Keys as jobs that remember the trace they were marked in. */
export class TracedMarks extends JobMarks {
  readonly #traces = new Map<string, string>()

  override mark(key: string): void {
    const trace = currentTraceparent()
    if (trace !== undefined) this.#traces.set(key, trace)
    super.mark(key)
  }

  /** Handles a key in the trace of whoever marked it last. */
  traced<Result>(key: string, handle: () => Promise<Result>): Promise<Result> {
    const trace = this.#traces.get(key)
    this.#traces.delete(key)
    return withTraceparent(trace, handle)
  }
}
