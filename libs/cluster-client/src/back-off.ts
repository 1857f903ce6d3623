/** Waits that double from `firstMs` to `maxMs`, each shortened by up to half at random so that callers spread out. */
export class BackOff {
  private failures = 0

  constructor(
    private readonly firstMs: number,
    private readonly maxMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** The next wait in milliseconds. */
  next(): number {
    const full = Math.min(this.maxMs, this.firstMs * 2 ** Math.min(this.failures, 20))
    this.failures += 1
    return full * (1 - this.random() / 2)
  }

  /** It went well: the next wait is the first again. */
  reset(): void {
    this.failures = 0
  }
}

/** Waits, or less long when the signal aborts. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
