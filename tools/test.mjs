// Runs all tests, units beside each other and those with real servers one after the other, and counts them truly.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const withServers = '\\.(rig|e2e)\\.spec\\.ts$'

const runs = [
  {
    name: 'units',
    args: [
      '--testPathIgnorePatterns',
      withServers,
      '/node_modules/',
      '/dist/',
      '/.run/',
      `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`,
    ],
  },
  { name: 'servers', args: ['-i', '--testTimeout=60000'], pattern: withServers },
]

/** Passed and failed tests of one run; a suite that could not even start counts as one failure. */
export function countTests({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
}

async function runJest({ name, args, pattern }, wanted, dir) {
  const output = join(dir, `${name}.json`)
  const paths = pattern
    ? ['--testPathPatterns', ...wanted.map((path) => `${path}.*${pattern}`), ...(wanted.length ? [] : [pattern])]
    : wanted
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  const flags = ['--passWithNoTests', '--json', `--outputFile=${output}`]
  const code = await exitCode([...jest, ...flags, ...args, ...paths], { ...process.env, TMPDIR: dir })
  return { code, ...counted(output) }
}

function counted(output) {
  try {
    return countTests(JSON.parse(readFileSync(output, 'utf8')))
  } catch {
    return { passed: 0, failed: 1 }
  }
}

function exitCode(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

async function main(wanted) {
  const dir = mkdtempSync(join(tmpdir(), 'k8or-test-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const results = []
  for (const run of runs) results.push(await runJest(run, wanted, dir))
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  if (sum('failed') || results.some(({ code }) => code !== 0)) process.exitCode = 1
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
}

await main(process.argv.slice(2))
