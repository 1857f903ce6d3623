import type { ChangeResult, SyncedObject } from '@k8or/contracts'
import type { Change } from '../plan/change'
import type { SyncPointer } from './sync-pointer'

/** What became of one object. */
export interface ObjectOutcome {
  readonly change: Change
  readonly result: ChangeResult
  readonly message: string
  readonly uid: string
  readonly generation: number
  /** What the sync still waits for, or why waiting for it was in vain. */
  readonly gate?: 'awaited' | 'failed'
  /** An earlier look at the same sync did it; what is there now may be something else. */
  readonly isPast?: boolean
}

/** What became of a sync, or of the repair of some objects. */
export interface Outcome {
  readonly objects: readonly ObjectOutcome[]
  readonly phase: 'Running' | 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  /** Absent when only drift was repaired: that is no operation of its own. */
  readonly sync: SyncPointer | undefined
  readonly finishedAt: string
}

/** How a sync ends. */
export interface End {
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
}

/** The end of a sync in one sentence: what failed first, and how much besides. */
export function summarize(objects: readonly ObjectOutcome[]): { phase: 'Succeeded' | 'Failed'; message: string } {
  const failed = objects.filter((object) => object.result === 'failed')
  const [first] = failed
  if (!first) return { phase: 'Succeeded', message: 'successfully synced (all tasks run)' }
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more objects)` : ''
  return { phase: 'Failed', message: `one or more objects failed to apply, reason: ${first.message}${more}` }
}

/** The objects as facts carry them: what happened to each, without those that stayed as they were. */
export function syncedObjects(objects: readonly ObjectOutcome[]): SyncedObject[] {
  return objects
    .filter((object) => object.result !== 'unchanged')
    .slice(0, 500)
    .map(({ change, result, message, uid, generation }) => ({ object: change.ref, result, uid, generation, message }))
}
