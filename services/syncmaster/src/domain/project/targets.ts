import type { NamedCluster } from './destination'
import type { TargetCluster } from './rules'

/** Which cluster a destination names. */
export interface Targets {
  resolve(named: NamedCluster, signal: AbortSignal): Promise<TargetCluster | TargetProblem>
}

/** Why the cluster of a destination can not be used, naming what is wrong and what to do. */
export interface TargetProblem {
  readonly problem: string
  /** Somebody declares the cluster, in a way that can not be read: it is not gone. */
  readonly isDeclared: boolean
}
