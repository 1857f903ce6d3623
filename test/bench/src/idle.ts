import { setTimeout as delay } from 'node:timers/promises'
import { processorSeconds } from './processor-time'

/** Waits until processes use less than a fifth of a core for three seconds, or a minute has gone. */
export async function pauseUntilIdle(pids: readonly number[]): Promise<void> {
  for (let waited = 0, quiet = 0; waited < 60 && quiet < 3; waited++) {
    const before = processorSeconds(pids)
    await delay(1_000)
    quiet = processorSeconds(pids) - before < 0.2 ? quiet + 1 : 0
  }
}
