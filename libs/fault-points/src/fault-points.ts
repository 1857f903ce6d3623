import { appendFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a point lies before its effect or after it. */
export type Moment = 'before' | 'after'

interface Armed {
  readonly dir: string
  readonly passed: Set<string>
}

// One for a process, as is the kill. Undefined wherever the mesh is not under test.
let armed: Armed | undefined

/**
 * From now on this process notes the points that it passes in `<dir>/passed`. At one for which there is a file in
 * `<dir>/armed` it kills the processes whose ids the file has, a line each, and goes on, or itself when it has none. That
 * file moves to `<dir>/hit` first, so that a point is hit once.
 */
export function armFaultPoints(dir: string): void {
  for (const folder of ['armed', 'hit']) mkdirSync(join(dir, folder), { recursive: true })
  armed = { dir, passed: new Set() }
}

/**
 * Called where a durable effect is done, or about to be: everything before it happened, nothing behind it.
 * @example passPoint('codesource', 'git', 'push', 'before')
 */
export function passPoint(service: string, effect: string, what: string, moment: Moment = 'after'): void {
  if (armed !== undefined) pass(armed, faultPointName(service, effect, what, moment))
}

/** `<service>/<effect>/<what>/<before or after>`. */
export function faultPointName(service: string, effect: string, what: string, moment: Moment = 'after'): string {
  return [service, effect, what, moment].join('/')
}

/** The file that arms a point, and the one that tells that it was hit. */
export function faultPointFiles(dir: string, name: string): { readonly armed: string; readonly hit: string } {
  const file = encodeURIComponent(name)
  return { armed: join(dir, 'armed', file), hit: join(dir, 'hit', file) }
}

function pass({ dir, passed }: Armed, name: string): void {
  if (!passed.has(name)) {
    passed.add(name)
    appendFileSync(join(dir, 'passed'), `${name}\n`)
  }
  const files = faultPointFiles(dir, name)
  if (isMoved(files.armed, files.hit)) killEach(readFileSync(files.hit, 'utf8').split('\n').filter(Boolean))
}

function killEach(named: readonly string[]): void {
  for (const pid of named) process.kill(Number(pid), 'SIGKILL')
  if (named.length === 0) process.kill(process.pid, 'SIGKILL')
}

function isMoved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    return false
  }
}
