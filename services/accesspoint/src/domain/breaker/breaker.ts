/** How patient a breaker is. */
export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number
  /** How long it stays open at first, and at most: it doubles with each trial that fails. */
  readonly firstOpenMs: number
  readonly longestOpenMs: number
}

/** Whether a call may go on. */
export type Admission =
  { readonly admitted: true } | { readonly admitted: false; readonly reason: string; readonly retryAfterMs: number }

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly reason: string; readonly until: number; readonly openMs: number }
  | { readonly kind: 'half-open'; readonly reason: string; readonly openMs: number; readonly trialUntil: number }

const closed: State = { kind: 'closed', failures: 0 }
/** A trial that never reports back gives its place to another after this. */
const trialMs = 10_000

/** Stops calls to a cluster that does not answer, and lets one try now and then. Takes the time as a value. */
export class Breaker {
  private state: State = closed

  constructor(private readonly options: BreakerOptions) {}

  /** Asks for one call. An admitted call must report `succeeded` or `failed`. */
  admit(now: number): Admission {
    const { state } = this
    if (state.kind === 'closed') return { admitted: true }
    const until = state.kind === 'open' ? state.until : state.trialUntil
    if (now < until) return { admitted: false, reason: state.reason, retryAfterMs: until - now }
    this.state = { kind: 'half-open', reason: state.reason, openMs: state.openMs, trialUntil: now + trialMs }
    return { admitted: true }
  }

  /** The cluster answered, whatever it said. */
  succeeded(): void {
    this.state = closed
  }

  /** The cluster did not answer. */
  failed(now: number, reason: string): void {
    const { state } = this
    if (state.kind === 'closed' && state.failures + 1 < this.options.failures) {
      this.state = { kind: 'closed', failures: state.failures + 1 }
      return
    }
    const openMs =
      state.kind === 'closed' ? this.options.firstOpenMs : Math.min(state.openMs * 2, this.options.longestOpenMs)
    // Calls that were under way when it opened tell nothing new.
    if (state.kind === 'open' && now < state.until) return
    this.state = { kind: 'open', reason, until: now + openMs, openMs }
  }

  /** It is known that the cluster does not answer: opens at once. */
  trip(now: number, reason: string): void {
    if (this.state.kind === 'closed') this.state = { kind: 'closed', failures: this.options.failures - 1 }
    this.failed(now, reason)
  }

  /** Why calls are refused; undefined when they are not. */
  get reason(): string | undefined {
    return this.state.kind === 'closed' ? undefined : this.state.reason
  }
}
