import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef } from '../../shapes'

/** An application is about to be set back to an earlier release, and held there. */
export const RollbackStarted = z.object({
  application: ApplicationRef,
  /** The sync that carries it out. */
  sync: z.string(),
  /** The release that it goes back to. */
  release: z.number().int().positive(),
  /** The release that was applied, or tried, before; 0 for none. */
  from: z.number().int().nonnegative(),
  cluster: z.string(),
  revisions: z.array(z.string()),
  reason: z.string(),
})
export type RollbackStarted = z.infer<typeof RollbackStarted>

export const rollbackStarted = defineEvent({
  owner: 'syncmaster',
  fact: 'rollback.started',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'an application is about to be set back to an earlier release',
  schema: RollbackStarted,
})
