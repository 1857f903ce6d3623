// Gets a checkout ready: packages of the system, npm packages, the real servers built by Go, and the bundle.
// `--no-bundle` leaves the bundle out: what finds the mistakes in the sources must not need them to build.
// The program that renders charts is built behind everything else, unless `--renderer` asks to wait for it.
// Runs on any Node >= 20 with no node_modules; returns at once when there is nothing to do.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildBehind } from './setup/behind.mjs'
import { bundleTask } from './setup/bundle.mjs'
import { goServerTasks, renderHostTask } from './setup/go-server.mjs'
import { withLock } from './setup/lock.mjs'
import { npmTask } from './setup/npm.mjs'
import { arePackagesThere, providePrograms } from './setup/programs.mjs'
import { showProgress } from './setup/progress.mjs'
import { stopPrograms } from './setup/run.mjs'
import { runTasks } from './setup/tasks.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function allTasks() {
  const npm = npmTask(root)
  const [nats, kube] = goServerTasks(root)
  const isBundleWanted = !process.argv.includes('--no-bundle')
  return isBundleWanted ? [npm, nats, kube, bundleTask(root, npm)] : [npm, nats, kube]
}

async function setUp() {
  await providePrograms()
  await runShown(allTasks().filter((task) => !task.isDone()))
}

async function runShown(waiting) {
  if (!waiting.length) return
  const stopShowing = showProgress(waiting)
  try {
    await runTasks(waiting)
  } finally {
    stopShowing()
    stopPrograms()
  }
}

/** Whoever builds it first builds it for all. */
function buildRenderer() {
  return withLock(join(root, '.cache/renderer.lock'), () =>
    runShown([renderHostTask(root)].filter((task) => !task.isDone())),
  )
}

async function main() {
  const started = Date.now()
  const isRendererWanted = process.argv.includes('--renderer')
  const isReady = () => allTasks().every((task) => task.isDone()) && arePackagesThere()
  const isRendererReady = renderHostTask(root).isDone()
  if (isReady() && isRendererReady) return
  if (!process.argv.includes('--behind') && !isReady()) await withLock(join(root, '.cache/setup.lock'), setUp)
  if (isRendererWanted) await buildRenderer()
  else if (!isRendererReady && !process.argv.includes('--no-bundle')) buildBehind(root)
  console.log(`setup: done in ${Math.round((Date.now() - started) / 1000)} s`)
}

main().catch((error) => {
  console.error(`\nsetup: ${error.message}`)
  process.exitCode = 1
})
