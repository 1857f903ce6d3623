import { valueAt, type KubeObject, type MeshDriver } from '@k8or/rig'

/** One condition of an Application. */
export interface Condition {
  readonly type: string
  readonly message: string
}

/** The conditions of an Application. */
export function conditionsOf(application: KubeObject | undefined): Condition[] {
  return (valueAt(application, 'status.conditions') as Condition[] | undefined) ?? []
}

/** The message of a condition; undefined where there is none of that type. */
function messageOf(application: KubeObject | undefined, type: string): string | undefined {
  return conditionsOf(application).find((one) => one.type === type)?.message
}

/** Waits for a condition of an Application and answers its message. */
export async function condition(driver: MeshDriver, name: string, type: string, timeoutMs = 30_000): Promise<string> {
  const has = (application: KubeObject): boolean => messageOf(application, type) !== undefined
  return messageOf(await driver.application(name, has, timeoutMs), type) ?? ''
}
