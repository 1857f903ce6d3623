import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()
process.once('exit', () => made.forEach(removeDir))

/** A new empty directory, removed when the process ends or when `removeDir` is called. */
export function tempDir(name = 'rig'): string {
  const dir = mkdtempSync(join(tmpdir(), `k8or-${name}-`))
  made.add(dir)
  return dir
}

/** Removes a directory and all that is in it. */
export function removeDir(dir: string): void {
  made.delete(dir)
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}
