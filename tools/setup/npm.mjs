import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { estimateLeft } from './estimate.mjs'
import { run } from './run.mjs'

const expected = 60

/** `npm ci`, wanted when node_modules is not what the lock file says. */
export function npmTask(root) {
  const modules = join(root, 'node_modules')
  const total = topLevelPackages(readLock(join(root, 'package-lock.json'))).size
  const task = {
    isDone: () => isInstalled(root),
    text: () => `npm packages ${Math.round(share() * 100)} %`,
    secondsLeft: () => estimateLeft({ share: share(), elapsed: elapsedOf(task), expected }),
    run: () => run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, advice }),
  }
  // Packages appear in their folder before their install scripts have run: the last part is those.
  const share = () => (task.startedAt ? Math.min(0.95, (0.95 * countEntries(modules)) / total) : 0)
  return task
}

const advice = 'check the network and the npm registry (`npm ping`), then run `make setup` again'

function elapsedOf(task) {
  return task.startedAt ? (Date.now() - task.startedAt) / 1000 : 0
}

function isInstalled(root) {
  const installed = readLock(join(root, 'node_modules/.package-lock.json'))
  if (!installed.size || !existsSync(join(root, 'node_modules/node/bin/node'))) return false
  const wanted = readLock(join(root, 'package-lock.json'))
  return [...wanted].every(([path, entry]) => !path.startsWith('node_modules/') || isSame(entry, installed.get(path)))
}

function isSame(wanted, installed) {
  if (!installed) return wanted.optional === true || wanted.devOptional === true || wanted.peer === true
  return wanted.version === installed.version && wanted.resolved === installed.resolved
}

function readLock(path) {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages))
  } catch {
    return new Map()
  }
}

function topLevelPackages(lock) {
  const names = [...lock.keys()].map((path) => /^node_modules\/([^/]+)/.exec(path)?.[1])
  return new Set(names.filter(Boolean))
}

function countEntries(folder) {
  try {
    return readdirSync(folder).length
  } catch {
    return 0
  }
}
