import { MeshDriver, startMesh, tempDir } from '@k8or/rig'
import { formatComparison } from './src/comparison'
import { benchConfig } from './src/config'
import { driftRepaired } from './src/drift-repaired'
import { fetchPair } from './src/fetch-pair'
import { floor } from './src/floor'
import { imageDelivered } from './src/image-delivered'
import { memory } from './src/memory'
import { monorepo } from './src/monorepo'
import type { Span } from './src/profile'
import { formatProfiles, profileClock, profileInto } from './src/profiles'
import { pushToChanged } from './src/push-to-changed'
import { rendering } from './src/rendering'
import type { Line, Scenario } from './src/scenario'
import { formatLines } from './src/table'

/** On a hub alone: further API servers would weigh on what is measured. */
const onTheHub: Readonly<Record<string, Scenario>> = {
  floor,
  'push-to-changed': pushToChanged,
  'drift-repaired': driftRepaired,
  'fetch-pair': fetchPair,
  rendering,
  memory,
  monorepo,
}

const onThreeClusters: Readonly<Record<string, Scenario>> = { 'image-delivered': imageDelivered }

async function main(): Promise<void> {
  const lines = [...(await measure(onTheHub, 0)), ...(await measure(onThreeClusters, 3))]
  process.stdout.write(`${formatLines(lines)}\n`)
  if (lines.some(({ row }) => row)) process.stdout.write(`${formatComparison(lines)}\n`)
}

/** Runs what is asked for of some scenarios, on a mesh of its own. */
async function measure(scenarios: Readonly<Record<string, Scenario>>, clusters: number): Promise<Line[]> {
  const { runs, only, isProfiled, mode } = benchConfig()
  const asked = Object.entries(scenarios).filter(([name]) => only.length === 0 || only.includes(name))
  if (asked.length === 0) return []
  const profiles = tempDir('profiles')
  const environment = isProfiled ? profileInto(profiles) : {}
  const mesh = await startMesh({ dir: tempDir('bench'), mode, clusters, registry: clusters > 0, environment })
  const driver = new MeshDriver(mesh.env)
  const parts = new Parts()
  try {
    const lines: Line[] = []
    if (clusters > 0) await mesh.registry()
    for (const [name, scenario] of asked) {
      process.stderr.write(`${name} ...\n`)
      parts.begin(name)
      lines.push(...(await scenario(driver, runs, (part) => parts.begin(part))))
    }
    parts.begin('')
    return lines
  } finally {
    await driver.close()
    await mesh.stop()
    // A process writes its profile when it ends.
    if (isProfiled) process.stdout.write(`${formatProfiles(profiles, parts.spans)}\n`)
  }
}

/** When which part of which scenario ran. */
class Parts {
  readonly spans: Span[] = []
  #current = { name: '', from: 0 }

  begin(name: string): void {
    const now = profileClock()
    if (this.#current.name !== '') this.spans.push({ ...this.#current, to: now })
    this.#current = { name, from: now }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
})
