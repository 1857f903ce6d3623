// Runs every property of the specs with random input for some minutes (MINUTES), from a seed that is told (SEED), or only those whose
// spec has a text in its path (FOR). Ends with 1 when one fails.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']

/** The specs with properties, and how many there are in each. */
function targets(part) {
  const specs = globSync('{libs,services,hosts}/*/src/**/*.spec.ts', { cwd: root }).filter((path) =>
    path.includes(part),
  )
  const counted = specs.map((path) => [path, readFileSync(join(root, path), 'utf8').split('fc.assert(').length - 1])
  return counted.filter(([, properties]) => properties > 0)
}

function exitCode(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...jest, ...args], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.pipe(process.stderr)
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

async function main({ MINUTES = '3', SEED, FOR = '' }) {
  const seed = SEED ? Number(SEED) : randomInt(2 ** 31 - 1)
  const specs = targets(FOR)
  const properties = specs.reduce((sum, [, count]) => sum + count, 0)
  const milliseconds = Math.round((Number(MINUTES) * 60_000) / Math.max(1, properties))
  if (!Number.isSafeInteger(seed) || !(milliseconds > 0))
    throw new Error('SEED must be an integer, MINUTES more than 0')
  if (properties === 0) throw new Error(`no spec with a property has "${FOR}" in its path`)
  console.log(`${properties} properties, ${milliseconds} ms each, SEED=${seed}`)
  const flags = ['-i', '--forceExit', '--silent', `--testTimeout=${milliseconds * 20 + 60_000}`]
  const args = [
    ...flags,
    '--setupFilesAfterEnv',
    join(root, 'tools/fuzz-setup.cjs'),
    '--runTestsByPath',
    ...specs.map(([path]) => path),
  ]
  const code = await exitCode(args, {
    ...process.env,
    K8OR_FUZZ_MS: String(milliseconds),
    K8OR_FUZZ_SEED: String(seed),
  })
  if (code === 0) return
  console.error(`a property failed: SEED=${seed} FOR=<its path> make fuzz runs into it again`)
  process.exitCode = 1
}

await main(process.env).catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
