import { AsyncLocalStorage } from 'node:async_hooks'
import type { Jobs } from '@k8or/jobs'
import type { Marks } from '@k8or/outcome'

/** Marks keys at the end of the tick: what happens in one is one change, and is looked at once. */
export class TickMarks implements Pick<Marks, 'mark'> {
  readonly #keys = new Set<string>()
  /** Handling a key is a part of no trace: who marked it first is only one of its reasons. */
  readonly #outside = AsyncLocalStorage.snapshot()

  constructor(private readonly jobs: Pick<Jobs, 'mark'>) {}

  mark(key: string): void {
    if (this.#keys.size === 0) setImmediate(() => this.#outside(() => this.#pass()))
    this.#keys.add(key)
  }

  #pass(): void {
    const keys = [...this.#keys]
    this.#keys.clear()
    for (const key of keys) this.jobs.mark(key)
  }
}
