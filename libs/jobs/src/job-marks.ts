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

/** The trace in which each key was marked: what is done about it goes on in that one, once. */
export class KeyTraces {
  readonly #traces = new Map<string, string>()

  /** The key is marked in the present trace; out of one, the one before it stands. */
  keep(key: string): void {
    const trace = currentTraceparent()
    if (trace !== undefined) this.#traces.set(key, trace)
  }

  /** Handles a key in the trace of whoever marked it last. */
  traced<Result>(key: string, handle: () => Promise<Result>): Promise<Result> {
    const trace = this.#traces.get(key)
    this.#traces.delete(key)
    return withTraceparent(trace, handle)
  }
}

/** Keys as jobs, each handled in the trace in which it was marked. */
export class TracedMarks extends JobMarks {
  readonly #traces = new KeyTraces()

  override mark(key: string): void {
    this.#traces.keep(key)
    super.mark(key)
  }

  traced<Result>(key: string, handle: () => Promise<Result>): Promise<Result> {
    return this.#traces.traced(key, handle)
  }
}
