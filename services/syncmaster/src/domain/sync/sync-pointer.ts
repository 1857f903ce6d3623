import { z } from 'zod'
import type { ApplicationStatus } from '../application/application-status'

/** Where the newest sync of an application stands: kept so that an interrupted one is taken up and not begun again. */
export const SyncPointer = z.object({
  /** `<application uid>-<release>-<attempt>`, for ever the name of this sync. */
  sync: z.string(),
  release: z.number().int(),
  attempt: z.number().int(),
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
})
export type SyncPointer = z.infer<typeof SyncPointer>

/** The name of a sync. */
export function syncName(application: string, release: number, attempt: number): string {
  return `${application}-${release}-${attempt}`
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
