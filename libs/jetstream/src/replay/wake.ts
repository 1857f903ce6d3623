import { pause } from '../pause'

/** Lets a loop sleep until there is something new, and not sleep when that came before it lay down. */
export class Wake {
  private called = false
  private sleep: AbortController | undefined

  constructor(private readonly signal: AbortSignal) {}

  /** There is something new. */
  now(): void {
    this.called = true
    this.sleep?.abort()
  }

  /** What was called before no longer counts. */
  reset(): void {
    this.called = false
  }

  /** Resolves when called since the reset, when the time is over, or when the signal aborts. */
  async wait(ms: number): Promise<void> {
    if (this.called) return
    this.sleep = new AbortController()
    await pause(ms, AbortSignal.any([this.sleep.signal, this.signal]))
    this.sleep = undefined
  }
}
