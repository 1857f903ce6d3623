import { MeshDriver, type MeshEnvironment, type MeshOptions } from '@k8or/rig'
import type { Stage } from './stage'

/** The cluster that the demo plays on. */
export interface Ground extends Pick<Stage, 'namespace' | 'image'> {
  /** What the mesh must know of it. */
  readonly mesh: Pick<MeshOptions, 'hub'>
  drive(environment: MeshEnvironment): Promise<MeshDriver>
  /** Removes what was made there. */
  clear(): Promise<void>
}

/** A cluster that is started for the demo, and ends with it. */
export const ownGround: Ground = {
  mesh: {},
  namespace: 'default',
  image: (version) => `shop/web:${version}`,
  drive: (environment) => Promise.resolve(new MeshDriver(environment)),
  clear: () => Promise.resolve(),
}
