import type { Outcome } from '@k8or/outcome'

/**
 * How long to wait before a fact is handled again. A handler only records a key, so a failure means that recording failed:
 * waits are short, and whoever fails for about five minutes needs a human.
 */
export const backoffMs: readonly number[] = [50, 250, 1_000, 5_000, 15_000, 30_000]

/** A fact that failed this often is a dead letter. */
export const maxAttempts = 15

/** What to do with a message after its handler ended. */
export type Verdict =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'again'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'bury'; readonly reason: string }

/** Decides by the outcome and by how often it was tried. */
export function verdictOf(outcome: Outcome, attempt: number): Verdict {
  if (outcome.kind === 'done') return { kind: 'acknowledge' }
  if (outcome.kind === 'never') return { kind: 'bury', reason: outcome.reason }
  if (attempt >= maxAttempts) return { kind: 'bury', reason: `failed ${attempt} times, at last: ${outcome.reason}` }
  const step = backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 0
  return { kind: 'again', delayMs: outcome.delayMs ?? step, reason: outcome.reason }
}
