import { MeshDriver, startMesh, tempDir } from '@k8or/rig'
import { benchConfig } from './src/config'
import { driftRepaired } from './src/drift-repaired'
import { fetchPair } from './src/fetch-pair'
import { floor } from './src/floor'
import { memory } from './src/memory'
import { monorepo } from './src/monorepo'
import { pushToChanged } from './src/push-to-changed'
import { rendering } from './src/rendering'
import type { Line, Scenario } from './src/scenario'
import { formatLines } from './src/table'

const scenarios: Readonly<Record<string, Scenario>> = {
  floor,
  'push-to-changed': pushToChanged,
  'drift-repaired': driftRepaired,
  'fetch-pair': fetchPair,
  rendering,
  memory,
  monorepo,
}

async function main(): Promise<void> {
  const { runs, only, mode } = benchConfig()
  const mesh = await startMesh({ dir: tempDir('bench'), mode, clusters: 0 })
  const driver = new MeshDriver(mesh.env)
  try {
    const lines: Line[] = []
    for (const [name, scenario] of Object.entries(scenarios)) {
      if (only.length > 0 && !only.includes(name)) continue
      process.stderr.write(`${name} ...\n`)
      lines.push(...(await scenario(driver, runs)))
    }
    process.stdout.write(`${formatLines(lines)}\n`)
  } finally {
    await driver.close()
    await mesh.stop()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
})
