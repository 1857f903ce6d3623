import { AsyncLocalStorage } from 'node:async_hooks'
import type { Marks } from '../../domain/ports'

const firstWaitMs = 100
const longestWaitMs = 10_000

/**
 * Handles keys one after the other, many keys at once: a key marked while it is handled is handled once more, one that fails
 * is tried again after a while. Nothing is kept over a restart: what is to be done follows from what is seen then.
 */
export class KeyedMarks implements Marks {
  readonly #marked = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #waiting = new Map<string, { readonly timer: NodeJS.Timeout; readonly attempt: number }>()
  /** Handling a key is a part of no trace: who marked it first is only one of its reasons. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #isStopped = false

  constructor(
    private readonly handle: (key: string) => Promise<void>,
    private readonly onFailure: (key: string, error: unknown) => void,
  ) {}

  mark(key: string): void {
    if (this.#isStopped || this.#waiting.has(key)) return
    this.#marked.add(key)
    if (!this.#running.has(key)) this.#run(key, 0)
  }

  /** Lets what runs finish; nothing new begins. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const { timer } of this.#waiting.values()) clearTimeout(timer)
    await Promise.all(this.#running.values())
  }

  #run(key: string, attempt: number): void {
    const run = this.#outside(() => this.#handleMarked(key, attempt)).finally(() => {
      this.#running.delete(key)
      if (this.#marked.has(key) && !this.#isStopped && !this.#waiting.has(key)) this.#run(key, 0)
    })
    this.#running.set(key, run)
  }

  async #handleMarked(key: string, attempt: number): Promise<void> {
    // What happens in the same tick is one change.
    await new Promise((resolve) => setImmediate(resolve))
    this.#marked.delete(key)
    try {
      await this.handle(key)
    } catch (error) {
      this.onFailure(key, error)
      this.#retry(key, attempt)
    }
  }

  #retry(key: string, attempt: number): void {
    const again = () => {
      this.#waiting.delete(key)
      this.#run(key, attempt + 1)
    }
    const timer = setTimeout(again, Math.min(firstWaitMs * 2 ** attempt, longestWaitMs))
    this.#waiting.set(key, { timer, attempt })
  }
}
