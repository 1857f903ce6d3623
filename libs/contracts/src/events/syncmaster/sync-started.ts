import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef } from '../../shapes'

/** The first object of a plan is about to be applied. */
export const SyncStarted = z.object({
  application: ApplicationRef,
  sync: z.string(),
  release: z.number().int().positive(),
  cluster: z.string(),
  revisions: z.array(z.string()),
  trigger: z.enum(['release', 'operation', 'self-heal', 'retry']),
  automated: z.boolean(),
  /** In how many waves its objects go; with more than one, each waits for the health of the one before. */
  waves: z.number().int().positive().default(1),
  /** The kinds of its objects, at most 100; only where waves wait for health: whoever judges must see them by then. */
  kinds: z
    .array(z.object({ group: z.string(), version: z.string(), kind: z.string() }))
    .max(100)
    .default([]),
})
export type SyncStarted = z.infer<typeof SyncStarted>

export const syncStarted = defineEvent({
  owner: 'syncmaster',
  fact: 'sync.started',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'the first object of a plan is about to be applied',
  schema: SyncStarted,
})
