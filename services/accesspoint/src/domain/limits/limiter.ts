/** How much one cluster is asked at once. */
export interface LimitOptions {
  readonly concurrency: number
  /** How many calls of one caller may wait. */
  readonly queue: number
  readonly waitMs: number
}

/** A call's place: in, waiting until a deadline, or turned away. */
export type Place =
  | { readonly kind: 'in' }
  | { readonly kind: 'waiting'; readonly ticket: number; readonly until: number }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Limits how many calls a cluster gets at once. Those who wait are let in by turns of their callers, so that a caller with
 * many calls does not keep out one with few. Pure: takes the time as a value, whoever uses it keeps the timers.
 */
export class Limiter {
  private inside = 0
  private nextTicket = 1
  /** By caller, in the order of turns: those who wait, first come first. */
  private readonly waiting = new Map<string, number[]>()

  constructor(private readonly options: LimitOptions) {}

  /** Asks for a place. */
  enter(caller: string, now: number): Place {
    if (this.inside < this.options.concurrency) {
      this.inside += 1
      return { kind: 'in' }
    }
    const queue = this.waiting.get(caller) ?? []
    if (queue.length >= this.options.queue)
      return { kind: 'refused', reason: `${this.inside} calls are under way and ${queue.length} of this caller wait` }
    const ticket = this.nextTicket++
    this.waiting.set(caller, [...queue, ticket])
    return { kind: 'waiting', ticket, until: now + this.options.waitMs }
  }

  /** A place becomes free; answers the ticket that takes it. */
  leave(): number | undefined {
    for (const [caller, [first, ...rest]] of this.waiting) {
      this.waiting.delete(caller)
      // To the end of the turns.
      if (rest.length > 0) this.waiting.set(caller, rest)
      if (first !== undefined) return first
    }
    this.inside -= 1
    return undefined
  }

  /** Who waits no longer: the deadline has passed, or the caller went away. */
  giveUp(ticket: number): void {
    for (const [caller, queue] of this.waiting) {
      const rest = queue.filter((one) => one !== ticket)
      if (rest.length === queue.length) continue
      if (rest.length > 0) this.waiting.set(caller, rest)
      else this.waiting.delete(caller)
    }
  }

  get load(): { readonly inside: number; readonly waiting: number } {
    const waiting = [...this.waiting.values()].reduce((sum, queue) => sum + queue.length, 0)
    return { inside: this.inside, waiting }
  }
}
