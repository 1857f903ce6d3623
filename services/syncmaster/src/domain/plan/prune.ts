import { describeApproval } from '../application/approval'
import { SyncOptions } from '../application/policy'
import { isCustomResourceDefinition } from './desired'
import type { Change } from './change'

/** When an automated prune is so large that a person should look first. */
export interface MassChangeLimits {
  readonly objects: number
  readonly share: number
}

/** Both numbers must be exceeded: more than 10 objects and more than half of the application. */
export const defaultMassChangeLimits: MassChangeLimits = { objects: 10, share: 0.5 }

/** What is said of an object that a sync with prune would delete, and this one does not. */
export const requiresPruning = 'ignored (requires pruning)'

/** What a sync says about objects that left the source. */
export interface PrunePolicy {
  readonly prune: boolean
  readonly options: SyncOptions
  /** Somebody approved that what asks for a confirmation is deleted. */
  readonly isApproved: boolean
}

/** Why an object that is no longer desired stays; undefined when it may be deleted. */
export function keptFromPruning(change: Change, { prune, options, isApproved }: PrunePolicy): string | undefined {
  if (isCustomResourceDefinition(change.ref)) return 'ignored (custom resource definitions are never pruned)'
  const own = SyncOptions.ofAnnotation(change.live?.syncOptions).get('Prune') ?? options.get('Prune')
  if (own === 'false') return 'ignored (no prune)'
  if (own === 'confirm' && prune && !isApproved) return `ignored (${describeApproval('pruning')})`
  return prune ? undefined : requiresPruning
}

/** Whether an automated prune is too large to go ahead by itself. */
export function isMassPrune(deleted: number, total: number, limits: MassChangeLimits): boolean {
  return deleted > limits.objects && deleted > total * limits.share
}
