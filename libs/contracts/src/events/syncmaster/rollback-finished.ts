import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef } from '../../shapes'

/** The earlier release was applied, or could not be. Either way the application is held there until somebody resumes it. */
export const RollbackFinished = z.object({
  application: ApplicationRef,
  sync: z.string(),
  release: z.number().int().positive(),
  from: z.number().int().nonnegative(),
  cluster: z.string(),
  phase: z.enum(['Succeeded', 'Failed', 'Error']),
  message: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
})
export type RollbackFinished = z.infer<typeof RollbackFinished>

export const rollbackFinished = defineEvent({
  owner: 'syncmaster',
  fact: 'rollback.finished',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'an earlier release of an application was applied again, or could not be',
  schema: RollbackFinished,
})
