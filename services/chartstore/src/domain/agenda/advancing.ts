import type { Marks } from '@k8or/outcome'
import { keyOf, type Task } from './task'

/** In how many steps a round is made, if there are that many applications. */
const stepsOfRound = 100

interface Round {
  /** Who is still to be looked at: the longest waiting first. */
  readonly left: Set<string>
  /** How many are looked at in a step. */
  readonly each: number
}

/**
 * Passes the name of a commit on to applications that it did not touch: after an interval, and spread over another
 * one, so that no push waits behind them. A start looks at all, so that rounds need not survive one.
 */
export class Advancing {
  readonly #rounds = new Map<string, Round>()

  constructor(
    private readonly marks: Marks,
    private readonly intervalMs: number,
  ) {}

  /** A revision has a new commit. Pushes during a round lengthen it; they do not begin it anew. */
  async moved(key: string, followers: readonly string[]): Promise<void> {
    if (!this.#rounds.has(key)) await this.later(key, this.intervalMs)
    const left = new Set([...(this.#rounds.get(key)?.left ?? []), ...followers])
    this.#rounds.set(key, { left, each: Math.ceil(left.size / stepsOfRound) })
  }

  /** Answers who is to be looked at now. */
  async step(key: string): Promise<string[]> {
    const round = this.#rounds.get(key)
    if (!round) return []
    // Waited for first: who fails to wait has taken nobody off the round.
    if (round.left.size > round.each) await this.later(key, this.intervalMs / stepsOfRound)
    else this.#rounds.delete(key)
    const next = [...round.left].slice(0, round.each)
    for (const uid of next) round.left.delete(uid)
    return next
  }

  private later(key: string, delayMs: number): Promise<void> {
    const task: Task = { kind: 'advance', key }
    return this.marks.later(keyOf(task), Math.ceil(delayMs), task.kind)
  }
}
