import type { KubeObject, MeshDriver } from '@k8or/rig'
import { namespace, objectType, stateOf } from './estate'
import type { Ledger } from './ledger'

/** Follows all deployed objects into the ledger until the signal fires; a watch that ends is begun again. */
export async function watchObjects(driver: MeshDriver, ledger: Ledger, signal: AbortSignal): Promise<void> {
  const see = (object: KubeObject): void => {
    const { name: application, uid = '', generation = 0 } = object.metadata
    ledger.saw({ application, uid, generation, ...stateOf(object), at: performance.now() })
  }
  while (!signal.aborted) await follow(driver, see, signal).catch(() => undefined)
}

async function follow(driver: MeshDriver, see: (object: KubeObject) => void, signal: AbortSignal): Promise<void> {
  const { items, resourceVersion } = await driver.hub.snapshot(objectType, { namespace })
  for (const item of items) see(item)
  for await (const { type, object } of driver.hub.watch(objectType, { namespace, resourceVersion }, signal)) {
    if (type === 'ERROR') return
    if (type === 'ADDED' || type === 'MODIFIED') see(object)
  }
}
