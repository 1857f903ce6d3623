// Runs all tests, first units, then those with real servers, of which two files run beside each other: they mostly wait.
// Counts them truly.
// Arguments choose files by a part of their path; MODE chooses how the meshes of all end-to-end tests run.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownDir } from './test/own-dir.mjs'
import { countTests, mergeReports, readReport } from './test/results.mjs'

const root = join(import.meta.dirname, '..')
// Jest does not end its workers with itself; their servers end with them.
const flags = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '-r',
  './tools/end-with-parent.cjs',
]
const jest = [...flags, 'node_modules/jest/bin/jest.js']
const withServers = '\\.(rig|e2e)\\.spec\\.ts$'
const workers = `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`
// A worker keeps some of what each file has loaded: it is replaced before that is too much.
const beside = ['--maxWorkers=2', '--workerIdleMemoryLimit=1GB']
const ignored = [withServers, '/node_modules/', '/dist/', '/.run/']

const runs = [
  { name: 'units', args: (wanted) => ['--testPathIgnorePatterns', ...ignored, workers, ...wanted] },
  { name: 'servers', args: (wanted) => [...beside, '--forceExit', '--testTimeout=60000', ...serverPatterns(wanted)] },
]

/** Whoever ends the tests ends the run that is under way; then what it wrote is removed. */
const ending = ['SIGINT', 'SIGTERM', 'SIGHUP']

function serverPatterns(wanted) {
  const patterns = wanted.length ? wanted.map((path) => `${path}.*${withServers}`) : [withServers]
  return ['--testPathPatterns', ...patterns]
}

async function runJest({ name, args }, wanted, dir) {
  const output = join(dir, `${name}.json`)
  const reporting = ['--passWithNoTests', '--json', `--outputFile=${output}`]
  const code = await exitCode([...jest, ...reporting, ...args(wanted)], { ...environment(), TMPDIR: dir })
  return { code, report: readReport(output) }
}

const ofMake = new Set(['MODE', 'MAKEFLAGS', 'MFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL'])

/** What make was told is for the tests, not for the makes that they start. */
function environment() {
  const { MODE } = process.env
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofMake.has(name)))
  return MODE ? { ...others, K8OR_TEST_MODE: MODE } : others
}

function exitCode(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
    const passOn = (signal) => child.kill(signal)
    for (const signal of ending) process.on(signal, passOn)
    child.once('error', () => resolve(1))
    child.once('exit', (code) => {
      for (const signal of ending) process.off(signal, passOn)
      resolve(code ?? 1)
    })
  })
}

function keepForConformance(reports) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(join(root, '.cache/test-results.json'), JSON.stringify(mergeReports(reports)))
}

async function main(wanted) {
  const dir = ownDir(tmpdir())
  let isEnded = false
  for (const signal of ending) process.on(signal, () => (isEnded = true))
  const results = []
  for (const run of runs) if (!isEnded) results.push(await runJest(run, wanted, dir))
  const reports = results.map(({ report }) => report)
  if (!wanted.length && !isEnded) keepForConformance(reports)
  const { passed, failed } = countTests(reports)
  if (isEnded || failed > 0 || results.some(({ code }) => code !== 0)) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
}

await main(process.argv.slice(2))
