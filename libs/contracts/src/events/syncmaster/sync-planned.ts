import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef } from '../../shapes'

/** A release was compared with the live state of its destination, and there is something to do. */
export const SyncPlanned = z.object({
  application: ApplicationRef,
  /** `<application uid>-<release>-<attempt>`: names one sync for ever. */
  sync: z.string(),
  release: z.number().int().positive(),
  cluster: z.string(),
  create: z.number().int().nonnegative(),
  configure: z.number().int().nonnegative(),
  delete: z.number().int().nonnegative(),
  unchanged: z.number().int().nonnegative(),
})
export type SyncPlanned = z.infer<typeof SyncPlanned>

export const syncPlanned = defineEvent({
  owner: 'syncmaster',
  fact: 'sync.planned',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'a release was compared with the live state, and there is something to do',
  schema: SyncPlanned,
})
