import { outcomeOf } from '@k8or/outcome'
import type { JobFailure } from './jobs'

/** Counts the failures of each key in a row, and says what follows from one. */
export class Attempts {
  private readonly failed = new Map<string, number>()

  constructor(private readonly backoffMs: readonly number[]) {}

  /** The key was handled. */
  succeeded(key: string): void {
    this.failed.delete(key)
  }

  /** The key was not handled; with `nextInMs` it is to be tried again. */
  failedWith(key: string, error: unknown): JobFailure {
    const attempt = (this.failed.get(key) ?? 0) + 1
    const outcome = outcomeOf(error)
    if (outcome.kind !== 'later') {
      this.failed.delete(key)
      return { kind: 'never', reason: outcome.kind === 'never' ? outcome.reason : '', attempt }
    }
    this.failed.set(key, attempt)
    const step = this.backoffMs[Math.min(attempt, this.backoffMs.length) - 1] ?? 0
    return { kind: 'later', reason: outcome.reason, attempt, nextInMs: outcome.delayMs ?? step }
  }

  /** The key is no longer handled here. */
  forget(key: string): void {
    this.failed.delete(key)
  }
}
