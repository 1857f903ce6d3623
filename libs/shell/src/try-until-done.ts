import { setTimeout as wait } from 'node:timers/promises'
import { connectBus, type Bus, type BusOptions } from '@k8or/jetstream'
import { describeError, Never } from '@k8or/outcome'
import type { Logger } from '@k8or/telemetry'

const firstWaitMs = 100
const longestWaitMs = 3_000

/** Tries until it is done: the parts of a mesh start in any order. What can never be done is thrown, and so is the signal's abort. */
export async function tryUntilDone<Result>(
  what: string,
  attempt: () => Promise<Result>,
  { log, signal }: { readonly log: Pick<Logger, 'info'>; readonly signal: AbortSignal },
): Promise<Result> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof Never) throw error
      log.info({ reason: describeError(error), againInMs: waitMs }, `can not ${what} yet`)
      await wait(waitMs, undefined, { signal })
    }
  }
}

/** A connection to the bus, as soon as it is there. */
export function untilConnected(options: BusOptions & { log: Logger }, signal: AbortSignal): Promise<Bus> {
  const { url, log } = options
  return tryUntilDone(`connect to the bus at ${url}`, () => connectBus({ ...options, failFast: true }), { log, signal })
}
