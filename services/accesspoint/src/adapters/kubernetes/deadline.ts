/** A caller's signal together with a deadline. */
export interface Deadline {
  readonly signal: AbortSignal
  readonly ms: number
  /** Whether it was the deadline that ended it. */
  isOver(): boolean
  /** Takes the deadline away; the caller's signal stays. */
  lift(): void
  /** Lets go of both. */
  end(): void
}

/** Joins a signal and a deadline; a timer of its own, which goes with the call. */
export function deadlineOf(signal: AbortSignal, ms: number): Deadline {
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    controller.abort(new Error(`no answer within ${ms} ms`))
  }, ms)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    ms,
    isOver: () => isOver,
    lift: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    },
  }
}
