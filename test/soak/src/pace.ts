import { setTimeout as delay } from 'node:timers/promises'

/** Begins work at even intervals for some time, whether or not what began before is over; returns when all of it is. */
export async function atPace(
  { everyMs, forMs, signal }: { readonly everyMs: number; readonly forMs: number; readonly signal: AbortSignal },
  work: (turn: number) => Promise<void>,
): Promise<void> {
  const began = performance.now()
  const running = new Set<Promise<void>>()
  for (let turn = 0; (turn + 1) * everyMs <= forMs; turn++) {
    await delay(Math.max(0, began + (turn + 1) * everyMs - performance.now()), undefined, { signal })
    const one = work(turn).finally(() => running.delete(one))
    running.add(one)
  }
  await Promise.all(running)
}
