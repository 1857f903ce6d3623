import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, ObjectRef } from '../../shapes'

/** A managed object no longer is what its release says. */
export const DriftDetected = z.object({
  application: ApplicationRef,
  cluster: z.string(),
  release: z.number().int().positive(),
  object: ObjectRef,
  uid: z.string(),
  resourceVersion: z.string(),
  kind: z.enum(['changed', 'deleted']),
  /** Paths of the fields that differ, at most 20; told after a crash, two of them and how many more. */
  fields: z.array(z.string()).max(20),
  /** The field manager that took them, where the API server names one. */
  manager: z.string(),
  willHeal: z.boolean(),
})
export type DriftDetected = z.infer<typeof DriftDetected>

export const driftDetected = defineEvent({
  owner: 'syncmaster',
  fact: 'drift.detected',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'a managed object no longer is what its release says',
  schema: DriftDetected,
})
