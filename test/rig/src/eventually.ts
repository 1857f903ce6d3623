import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

/** How long to look, and how often. */
export interface EventuallyOptions {
  readonly timeoutMs?: number
  readonly stepMs?: number
  readonly what?: string
}

type Falsy = false | null | undefined | 0 | ''

/** Asks until the answer is truthy and returns it; the error on time-out tells the last answer or the last error. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, Falsy>> {
  const { timeoutMs = 10_000, stepMs = 20, what = 'what was expected' } = options
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      const value = await check()
      if (value) return value as Exclude<T, Falsy>
      last = value
    } catch (error) {
      last = error
    }
    if (Date.now() >= deadline) throw notSeen(what, timeoutMs, last)
    await delay(stepMs)
  }
}

function notSeen(what: string, timeoutMs: number, last: unknown): Error {
  const shown = last instanceof Error ? last.message : inspect(last, { depth: 6, breakLength: 120 })
  return new Error(`${what} was not seen within ${timeoutMs} ms, last: ${shown}`, { cause: last })
}
