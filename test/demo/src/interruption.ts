import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM'] as const

/** That somebody pressed Ctrl-C, that the demo is told to end, or that nobody reads it any more. */
export class InterruptedError extends Error {
  constructor(readonly by: NodeJS.Signals) {
    super(`interrupted by ${by}`)
  }

  /** The exit code by which shells know a program that a signal has ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.by]
  }
}

/**
 * A signal that fires, with an `InterruptedError`, at the first SIGINT or SIGTERM, or when the reader of the story is
 * gone; the process itself goes on.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  const interruptBy = (by: NodeJS.Signals) => () => controller.abort(new InterruptedError(by))
  for (const by of signals) process.on(by, interruptBy(by))
  process.stdout.on('error', interruptBy('SIGPIPE'))
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
