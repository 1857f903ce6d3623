import { spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'

/** Builds what nothing waits for after this process has gone, at the lowest priority; a log tells how far it is. */
export function buildBehind(root) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const log = openSync(join(root, '.cache/behind.log'), 'a')
  const script = join(root, 'tools/setup.mjs')
  const child = spawn(process.execPath, [script, '--behind'], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  try {
    setPriority(child.pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It may be done already, or the system may forbid it.
  }
  child.unref()
  console.log('setup: a registry, the renderer of Helm and Kustomize, and helm come behind: see .cache/behind.log')
}
