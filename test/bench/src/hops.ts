import { eventually, type MeshDriver } from '@k8or/rig'
import type { Line } from './scenario'
import { summarize } from './statistics'

interface Hop {
  readonly fact: string
  readonly sincePreviousMs?: number
}

/** How long each hop of the deployments took, by the fact that ended it, from the mesh's own traces. */
export async function collectHops(driver: MeshDriver, commits: readonly string[]): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>()
  for (const commit of commits) {
    const hops = await eventually(() => completeHops(driver, commit), { what: `all hops of ${commit}` })
    for (const hop of hops.slice(1)) figures.set(hop.fact, [...(figures.get(hop.fact) ?? []), hop.sincePreviousMs ?? 0])
  }
  return figures
}

// Records of access are shipped in batches, and health is judged after the status is written.
async function completeHops(driver: MeshDriver, commit: string): Promise<Hop[] | undefined> {
  const { hops } = await driver.people.call<{ hops: Hop[] }>('k8or.insighthub.v1.Traces/GetTrace', { commit })
  const isComplete = ['access.recorded', 'health.changed'].every((fact) => hops.some((hop) => hop.fact === fact))
  return isComplete ? hops : undefined
}

/** A line for each hop, in the order of the deployment. */
export function hopLines(figures: ReadonlyMap<string, readonly number[]>): Line[] {
  return [...figures].map(([fact, times]) => ({ what: `  hop: ${fact}`, unit: 'ms', summary: summarize(times) }))
}
