import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, ChangeResult, ObjectRef } from '../../shapes'

/** What became of one object of a sync. Uid and generation let later verdicts of health be matched to it. */
export const SyncedObject = z.object({
  object: ObjectRef,
  result: ChangeResult,
  uid: z.string().default(''),
  generation: z.number().int().default(0),
  message: z.string().default(''),
})
export type SyncedObject = z.infer<typeof SyncedObject>

/** Every object of a plan was applied, or refused with its reason. */
export const SyncFinished = z.object({
  application: ApplicationRef,
  sync: z.string(),
  release: z.number().int().positive(),
  cluster: z.string(),
  revisions: z.array(z.string()),
  phase: z.enum(['Succeeded', 'Failed', 'Error']),
  message: z.string(),
  /** Objects that were not `unchanged`, at most 500; `total` counts all. */
  objects: z.array(SyncedObject).max(500),
  total: z.number().int().nonnegative(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
})
export type SyncFinished = z.infer<typeof SyncFinished>

export const syncFinished = defineEvent({
  owner: 'syncmaster',
  fact: 'sync.finished',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'every object of a plan was applied, or refused with its reason',
  schema: SyncFinished,
})
