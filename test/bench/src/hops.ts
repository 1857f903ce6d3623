import type { MeshDriver } from '@k8or/rig'
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
    const { hops } = await driver.people.call<{ hops: Hop[] }>('k8or.insighthub.v1.Traces/GetTrace', { commit })
    for (const hop of hops.slice(1)) figures.set(hop.fact, [...(figures.get(hop.fact) ?? []), hop.sincePreviousMs ?? 0])
  }
  return figures
}

/** A line for each hop, in the order of the deployment. */
export function hopLines(figures: ReadonlyMap<string, readonly number[]>): Line[] {
  return [...figures].map(([fact, times]) => ({ what: `  hop: ${fact}`, unit: 'ms', summary: summarize(times) }))
}
