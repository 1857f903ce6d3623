/** A caller's signal together with a deadline. */
export interface Deadline {
  readonly signal: AbortSignal
  readonly ms: number
  /** What is asked, or a rejection as soon as the signal aborts or the deadline is over, whatever it is waiting for. */
  race<Answer>(asked: Promise<Answer>, onLate: (answer: Answer) => void): Promise<Answer>
  /** Whether it was the deadline that ended it. */
  isOver(): boolean
  /** Takes the deadline away; the caller's signal stays. */
  lift(): void
  /** Lets go of both. */
  end(): void
}

/** Joins a signal and a deadline; 0 is none. A timer of its own, which goes with the call. */
export function deadlineOf(signal: AbortSignal, ms: number): Deadline {
  const controller = new AbortController()
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => undefined)
  let isOver = false
  const abort = (reason: unknown): void => {
    controller.abort(reason)
    ended.reject(reason)
  }
  const onAbort = (): void => abort(signal.reason)
  const onTime = (): void => {
    isOver = true
    abort(new Error(`no answer within ${ms} ms`))
  }
  const timer = ms === 0 ? undefined : setTimeout(onTime, ms)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  return {
    signal: controller.signal,
    ms,
    race: (asked, onLate) => raceOf(asked, ended.promise, controller.signal, onLate),
    isOver: () => isOver,
    lift: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    },
  }
}

/** An HTTP client may heed a signal only once it is connected; who waits does not wait for that. */
async function raceOf<Answer>(
  asked: Promise<Answer>,
  ended: Promise<never>,
  signal: AbortSignal,
  onLate: (answer: Answer) => void,
): Promise<Answer> {
  asked.then(
    (answer) => {
      if (signal.aborted) onLate(answer)
    },
    () => undefined,
  )
  return Promise.race([asked, ended])
}
