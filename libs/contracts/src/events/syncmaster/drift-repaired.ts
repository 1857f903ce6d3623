import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, ObjectRef } from '../../shapes'

/** A drifted object was put back. */
export const DriftRepaired = z.object({
  application: ApplicationRef,
  cluster: z.string(),
  release: z.number().int().positive(),
  object: ObjectRef,
  uid: z.string(),
  resourceVersion: z.string(),
})
export type DriftRepaired = z.infer<typeof DriftRepaired>

export const driftRepaired = defineEvent({
  owner: 'syncmaster',
  fact: 'drift.repaired',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'a drifted object was put back',
  schema: DriftRepaired,
})
