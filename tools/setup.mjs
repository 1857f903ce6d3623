// Gets a checkout ready: packages of the system, npm packages, the real servers built by Go, and the bundle.
// `--no-bundle` leaves the bundle out: what finds the mistakes in the sources must not need them to build.
// What no first deployment needs is built behind everything else, unless `--all` asks to wait for it.
// Runs on any Node >= 20 with no node_modules; returns at once when there is nothing to do.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildBehind } from './setup/behind.mjs'
import { bundleTask } from './setup/bundle.mjs'
import { goServerTasks } from './setup/go-server.mjs'
import { helmTask } from './setup/helm.mjs'
import { withLock } from './setup/lock.mjs'
import { npmTask } from './setup/npm.mjs'
import { arePackagesThere, providePrograms } from './setup/programs.mjs'
import { showProgress } from './setup/progress.mjs'
import { stopPrograms } from './setup/run.mjs'
import { runTasks } from './setup/tasks.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const isAsked = (flag) => process.argv.includes(flag)
const isDone = (task) => task.isDone()

function groundTasks() {
  const npm = npmTask(root)
  const { nats, kube } = goServerTasks(root)
  return isAsked('--no-bundle') ? [npm, nats, kube] : [npm, nats, kube, bundleTask(root, npm)]
}

function laterTasks() {
  const { registry, renderHost } = goServerTasks(root)
  return [registry, renderHost, helmTask(root)]
}

async function setUp() {
  await providePrograms()
  await runShown(groundTasks())
}

async function runShown(tasks) {
  const waiting = tasks.filter((task) => !task.isDone())
  if (!waiting.length) return
  const stopShowing = showProgress(waiting)
  try {
    await runTasks(waiting)
  } finally {
    stopShowing()
    stopPrograms()
  }
}

async function main() {
  const started = Date.now()
  const isReady = () => isAsked('--behind') || (groundTasks().every(isDone) && arePackagesThere())
  const isComplete = () => laterTasks().every(isDone)
  if (isReady() && isComplete()) return
  process.once('exit', stopPrograms)
  if (!isReady()) await withLock(join(root, '.cache/setup.lock'), setUp)
  // Whoever builds them first builds them for all.
  if (isAsked('--all') || isAsked('--behind'))
    await withLock(join(root, '.cache/later.lock'), () => runShown(laterTasks()))
  else if (!isComplete() && !isAsked('--no-bundle')) buildBehind(root)
  console.log(`setup: done in ${Math.round((Date.now() - started) / 1000)} s`)
}

main().catch((error) => {
  console.error(`\nsetup: ${error.message}`)
  process.exitCode = 1
})
