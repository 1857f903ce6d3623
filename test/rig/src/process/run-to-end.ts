import { once } from 'node:events'
import { spawnChild, type Command } from './child'
import { logTail } from './log-tail'

/** Runs a program to its end; fails with the end of its log when it does not succeed. */
export async function runToEnd(name: string, what: Command): Promise<void> {
  const [code, signal] = (await once(spawnChild(what), 'exit')) as [number | null, string | null]
  if (code === 0) return
  throw new Error(`${name} ended with ${code ?? signal}; the end of ${what.logFile}:\n${logTail(what.logFile)}`)
}
