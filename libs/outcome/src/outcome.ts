/** Thrown when work can not be done now: it is tried again after `delayMs`, or by the caller's back-off when absent. */
export class Later extends Error {
  constructor(
    reason: string,
    readonly delayMs?: number,
    options?: ErrorOptions,
  ) {
    super(reason, options)
    this.name = 'Later'
  }
}

/** Thrown when work can never be done: it goes to the dead letters with its reason. */
export class Never extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.name = 'Never'
  }
}

/** How a handler ended. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'later'; readonly reason: string; readonly delayMs: number | undefined }
  | { readonly kind: 'never'; readonly reason: string }

/** What an error means: `Never` is final, all else is later. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof Never) return { kind: 'never', reason: describeError(error) }
  return {
    kind: 'later',
    reason: describeError(error),
    delayMs: error instanceof Later ? error.delayMs : undefined,
  }
}

/** An error's message followed by those of its causes, from outside in: `apply Deployment a/b: connection refused`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.message === '' ? error.name : error.message
  if (error.cause === undefined) return own
  const inner = describeError(error.cause)
  return own.includes(inner) ? own : `${own}: ${inner}`
}
