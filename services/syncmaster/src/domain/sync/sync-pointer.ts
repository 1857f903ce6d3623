import { z } from 'zod'
import { ObjectRef } from '@k8or/contracts'
import type { ApplicationStatus } from '../application/application-status'

/** How far a sync of several waves has come. */
export const Progress = z.object({
  /** The wave that is applied, or whose health is awaited. */
  wave: z.number().int(),
  /** How many there are. */
  waves: z.number().int(),
  /** All of it was sent; what differs from now on was changed by others. */
  isApplied: z.boolean(),
  /** Its start is stored as a fact. */
  isAnnounced: z.boolean(),
  /** Since when the health of the wave is awaited; empty while it is applied. */
  since: z.string(),
  /** The waves among what it deletes, ascending, as they were when it began. */
  pruneWaves: z.array(z.number().int()),
  /** What it deleted: no other row tells of that. Of very many the first. */
  pruned: z.array(ObjectRef),
})
export type Progress = z.infer<typeof Progress>

/** Where the newest sync of an application stands: kept so that an interrupted one is taken up and not begun again. */
export const SyncPointer = z.object({
  /** `<application uid>-<release>-<attempt>`, for ever the name of this sync; see `syncName`. */
  sync: z.string(),
  release: z.number().int(),
  attempt: z.number().int(),
  /** How often the application had been set back to an older release when it began. */
  setbacks: z.number().int().default(0),
  /** Set where it carries a rollback out: the release before, and why. `sync` names it in the facts, retried or not. */
  rollback: z.object({ from: z.number().int(), reason: z.string(), sync: z.string() }).optional(),
  /** What was declared when it began: another declaration deserves a new try. */
  declared: z.string(),
  /** The digest of the operation that asked for it; empty for automated syncs. */
  operation: z.string().default(''),
  trigger: z.enum(['release', 'operation', 'self-heal', 'retry']),
  prune: z.boolean(),
  phase: z.enum(['Running', 'Retrying', 'Succeeded', 'Failed', 'Error']),
  startedAt: z.string(),
  /** When the first of a row of retries began. */
  operationStartedAt: z.string(),
  finishedAt: z.string().default(''),
  dryRun: z.boolean().default(false),
  retries: z.number().int().default(0),
  nextAt: z.string().default(''),
  message: z.string().default(''),
  /** Only of some objects: that is no deployment. */
  isPartial: z.boolean().optional(),
  /** The chain of facts that it is a part of. */
  correlationId: z.string().optional(),
  /** Who did not want it any more: it is not tried again by itself. */
  terminatedBy: z.string().optional(),
  /** Only of a sync whose objects go in several waves. */
  progress: Progress.optional(),
})
export type SyncPointer = z.infer<typeof SyncPointer>

/** The name of a sync. After a step back a release comes again: its attempts are counted anew, behind the number of steps. */
export function syncName(
  application: string,
  { release, attempt, setbacks }: Pick<SyncPointer, 'release' | 'attempt' | 'setbacks'>,
): string {
  return `${application}-${release}-${setbacks > 0 ? `${setbacks}.` : ''}${attempt}`
}

/** Whether a sync has come to its end, whatever that was. */
export function isOver(pointer: SyncPointer): boolean {
  return pointer.phase !== 'Running' && pointer.phase !== 'Retrying'
}

/** Kubernetes writes times without fractions of a second, and so does Argo CD. */
export function seconds(time: string): string {
  return `${time.slice(0, 19)}Z`
}

/** Whether the status of the Application tells how this sync ended, or that something began after it. */
export function isTold(pointer: SyncPointer, { operationState }: ApplicationStatus): boolean {
  if (!operationState) return false
  const { startedAt, finishedAt = '' } = operationState
  const begun = seconds(pointer.operationStartedAt)
  return startedAt > begun || (startedAt === begun && finishedAt >= seconds(pointer.finishedAt))
}
