import type { MeshDriver } from '@k8or/rig'
import type { Summary } from './statistics'

/** The rows of the design's table of figures to beat. */
export type ComparedRow = 'push' | 'monorepo' | 'monorepo-processor' | 'drift' | 'created' | 'memory' | 'processor'

/** One line of the table. */
export interface Line {
  readonly what: string
  readonly unit: 'ms' | 's' | 'MiB'
  readonly summary: Summary
  /** What the design asks for, where it does: for the median, and for the tail. */
  readonly target?: { readonly p50: number; readonly p95?: number }
  /** Which row of the design's table it is. */
  readonly row?: ComparedRow
  /** Measured once, because the work is done once: a sum over many applications, a level at rest. */
  readonly isOnce?: true
}

/** Says that another part of a scenario begins, for whoever looks where the time went. */
export type Begin = (part: string) => void

/** A measured behaviour: drives a mesh and answers its lines. */
export type Scenario = (driver: MeshDriver, runs: number, begin: Begin) => Promise<Line[]>
