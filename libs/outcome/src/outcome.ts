import { ZodError } from 'zod'

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

/** Causes deeper than this are left out; it also ends an error that causes itself. */
const deepestCause = 8

/** An error's message followed by those of its causes, from outside in: `apply Deployment a/b: connection refused`. */
export function describeError(error: unknown): string {
  return legible(describe(error, deepestCause))
}

/** A text fit to be shown: what of it would steer the terminal that shows it is written out, as `\u001b`. */
export function legible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function describe(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return String(error)
  const own = ownWords(error, depth)
  if (error.cause === undefined || depth === 0) return own
  const inner = describe(error.cause, depth - 1)
  return own.includes(inner) ? own : `${own}: ${inner}`
}

/** Node tells a connection that failed on every address as several errors under an empty message. */
function ownWords(error: Error, depth: number): string {
  if (error instanceof ZodError) return issuesOf(error)
  if (error.message !== '') return error.message
  if (!(error instanceof AggregateError) || depth === 0) return error.name
  return error.errors.map((each: unknown) => describe(each, depth - 1)).join(', ')
}

const mostIssues = 3

/** What is wrong with a value, field by field. */
function issuesOf({ issues }: ZodError): string {
  const told = issues.slice(0, mostIssues).map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`)
  return issues.length > mostIssues ? `${told.join('; ')}; and ${issues.length - mostIssues} more` : told.join('; ')
}

/** Why a text is not JSON, without the piece of it that the engine quotes: it may hold a secret. */
export function describeJsonError(error: unknown): string {
  return describeError(error).replace(/, (\.\.\.)?".*$/s, '')
}
