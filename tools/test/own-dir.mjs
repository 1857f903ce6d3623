import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const prefix = 'k8or-test-'
const oldMs = 3_600_000

/** A folder for all that a run of the tests writes. Goes with this process; what a killed run left goes when the next one begins. */
export function ownDir(parent) {
  for (const name of readdirSync(parent)) if (isLeft(parent, name)) remove(join(parent, name))
  const dir = mkdtempSync(join(parent, `${prefix}${process.pid}-`))
  process.once('exit', () => remove(dir))
  return dir
}

/** Age counts too: the process may live where its number is not known. */
function isLeft(parent, name) {
  const [, pid] = /^k8or-test-(\d+)-/.exec(name) ?? []
  if (pid === undefined || isAlive(Number(pid))) return false
  const { mtimeMs } = statSync(join(parent, name), { throwIfNoEntry: false }) ?? { mtimeMs: Infinity }
  return Date.now() - mtimeMs > oldMs
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function remove(dir) {
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}
