import { eventually, type MeshDriver } from '@k8or/rig'
import { k8orJson } from './command'

/** One line of `k8or why`. */
export interface Decision {
  readonly decision: string
  readonly reason: string
}

/** What `k8or why` tells of an application. */
export function decisionsOf(driver: MeshDriver, name: string): Promise<Decision[]> {
  return k8orJson<Decision[]>(driver, ['why', name])
}

/** Waits until `k8or why` tells of a decision. */
export function decided(driver: MeshDriver, name: string, decision: string, reason: RegExp): Promise<Decision> {
  const told = async (): Promise<Decision | undefined> =>
    (await decisionsOf(driver, name)).find((one) => one.decision === decision && reason.test(one.reason))
  return eventually(told, { timeoutMs: 30_000, stepMs: 500, what: `${decision}: ${String(reason)} of ${name}` })
}
