/** That somebody pressed Ctrl-C, or that the demo is told to end. */
export class InterruptedError extends Error {
  constructor(readonly by: NodeJS.Signals) {
    super(`interrupted by ${by}`)
  }

  /** The exit code by which shells know a program that a signal has ended. */
  get exitCode(): number {
    return this.by === 'SIGINT' ? 130 : 143
  }
}

/** A signal that fires at the first SIGINT or SIGTERM, with an `InterruptedError`; the process itself goes on. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const by of ['SIGINT', 'SIGTERM'] as const) process.on(by, () => controller.abort(new InterruptedError(by)))
  return controller.signal
}

/** Waits for work, or fails as soon as the signal fires; who orders the work ends it. */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([work, rejection(signal)])
}

/** Waits until the signal fires. */
export function untilInterrupted(signal: AbortSignal): Promise<void> {
  return rejection(signal).catch(() => undefined)
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(signal.reason as Error)
    if (signal.aborted) refuse()
    else signal.addEventListener('abort', refuse, { once: true })
  })
}
