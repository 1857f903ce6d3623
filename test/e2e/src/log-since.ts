import { readFileSync, statSync } from 'node:fs'
import { eventually, type Mesh } from '@k8or/rig'

/** Marks the end of a process's log now; answers what was written after it. */
export function logSince(mesh: Mesh, process: string): () => string {
  const file = mesh.processes.get(process)?.logFile
  if (file === undefined) throw new Error(`no process is called ${process}`)
  const { size } = statSync(file)
  return () => readFileSync(file).subarray(size).toString('utf8')
}

/** Waits until a text is among what is said. */
export async function untilSaid(said: () => string, pattern: RegExp, timeoutMs = 90_000): Promise<void> {
  try {
    await eventually(() => pattern.test(said()), { timeoutMs, stepMs: 100, what: String(pattern) })
  } catch (cause) {
    throw new Error(`${String(pattern)} was not said, but\n${said()}`, { cause })
  }
}
