import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MeshDriver, removeDir, repositoryRoot, startMesh, tempDir } from '@k8or/rig'
import { soakConfig, type SoakConfig } from './src/config'
import { declareEstate } from './src/estate'
import { failuresOf, type Outcome } from './src/outcome'
import { formatOutcome } from './src/report'
import { Soak } from './src/soak'

const mostShown = 20
const logsOfFailure = join(repositoryRoot, '.cache/soak-log')

async function main(): Promise<void> {
  const config = soakConfig()
  const interrupted = interruption()
  const dir = tempDir('soak')
  rmSync(logsOfFailure, { recursive: true, force: true })
  try {
    const outcome = await soak(dir, config, interrupted)
    tell(formatOutcome(outcome))
    const failures = failuresOf(outcome)
    if (failures.length > 0) fail(failures, dir)
    else tell('everything is accounted for')
  } finally {
    removeDir(dir)
  }
}

async function soak(dir: string, config: SoakConfig, signal: AbortSignal): Promise<Outcome> {
  const mesh = await startMesh({ dir, mode: config.mode, onProgress: (text) => tell(`      ${text}`) })
  const driver = new MeshDriver(mesh.env)
  try {
    const tenants = await declareEstate(driver, config)
    tell(`${String(tenants.length)} applications run`)
    return await new Soak({ mesh, driver, tenants, config, signal, tell }).run()
  } finally {
    await driver.close()
    await mesh.stop()
  }
}

function fail(failures: readonly string[], dir: string): void {
  tell(`${String(failures.length)} findings, the first of them:`)
  for (const failure of failures.slice(0, mostShown)) tell(`  ${failure}`)
  cpSync(join(dir, 'log'), logsOfFailure, { recursive: true })
  tell(`the logs are kept in ${logsOfFailure}`)
  process.exitCode = 1
}

/** Fires when somebody presses Ctrl-C: all that was started is then stopped. */
function interruption(): AbortSignal {
  const interrupted = new AbortController()
  for (const by of ['SIGINT', 'SIGTERM'] as const)
    process.once(by, () => interrupted.abort(new Error(`interrupted by ${by}`)))
  return interrupted.signal
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`soak: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
})
