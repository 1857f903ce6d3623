import type { Jobs } from '@k8or/jobs'
import type { Marks } from '../../domain/agenda/agenda'

/** Keys as jobs. What is marked before there are jobs is dropped: the start looks at all. */
export class LookMarks implements Marks {
  #jobs: Jobs | undefined

  /** From now on marks are taken. */
  join(jobs: Jobs): void {
    this.#jobs = jobs
  }

  mark(key: string): void {
    this.#jobs?.mark(key)
  }

  async later(key: string, delayMs: number, reason: string): Promise<void> {
    await this.#jobs?.later(key, delayMs, reason)
  }
}
