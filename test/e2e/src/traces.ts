import { eventually, type MeshDriver } from '@k8or/rig'

/** One step of a deployment, as a trace tells it. */
export interface Hop {
  readonly fact: string
  readonly time: string
  readonly id: string
  readonly causes?: readonly string[]
  readonly application?: string
}

/** The hops of a commit's deployment. */
export async function hopsOf(driver: MeshDriver, commit: string): Promise<Hop[]> {
  const answer = await driver.people.call<{ hops?: Hop[] }>('k8or.insighthub.v1.Traces/GetTrace', { commit })
  return answer.hops ?? []
}

/** Waits until the trace of a commit has a fact, and answers its hops. */
export function untilTraced(driver: MeshDriver, commit: string, fact: string): Promise<Hop[]> {
  const look = async (): Promise<Hop[] | undefined> => {
    const hops = await hopsOf(driver, commit)
    return hops.some((hop) => hop.fact === fact) ? hops : undefined
  }
  return eventually(look, { timeoutMs: 15_000, stepMs: 100, what: `${fact} in the trace of ${commit}` })
}
