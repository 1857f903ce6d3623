import type { MeshDriver } from '@k8or/rig'
import type { Narrator } from './narrator'

/** Where the story plays, and who tells it. */
export interface Stage {
  readonly driver: MeshDriver
  readonly narrator: Narrator
  /** Namespace of the cluster that the applications are deployed to. */
  readonly namespace: string
  /** The image of a version of the web server. */
  readonly image: (version: '1.0' | '1.1') => string
  /** How long each step may take. */
  readonly patienceMs: number
}
