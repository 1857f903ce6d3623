import type { DrivenRepository, MeshDriver } from '@k8or/rig'
import { configMap } from './manifests'

/** An Application of one ConfigMap that runs with the value `0`. */
export function started(driver: MeshDriver, name: string): Promise<DrivenRepository> {
  return driver.deploy(name, { 'app/c.yaml': configMap(name, '0') })
}
