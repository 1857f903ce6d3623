import { eventually, type MeshDriver } from '@k8or/rig'
import type { Hop } from './chain'

const atOnce = 4

/** The trace of each commit, as `k8or trace --commit` tells it; of what there is none, no hops. */
export async function readTraces(driver: MeshDriver, commits: readonly string[]): Promise<Map<string, readonly Hop[]>> {
  const traces = new Map<string, readonly Hop[]>()
  const waiting = commits.values()
  const work = async (): Promise<void> => {
    for (const commit of waiting) traces.set(commit, await traceOf(driver, commit))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return traces
}

async function traceOf({ people }: MeshDriver, commit: string): Promise<readonly Hop[]> {
  const ask = () => people.call<{ hops?: Hop[] }>('k8or.insighthub.v1.Traces/GetTrace', { commit })
  const { hops = [] } = await eventually(ask, { stepMs: 500, what: 'a trace' }).catch((): { hops?: Hop[] } => ({}))
  // A trace names applications with their namespace.
  return hops.map(({ fact, application = '' }) => ({ fact, application: application.split('/').at(-1) ?? '' }))
}
