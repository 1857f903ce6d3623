import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, Health, ObjectRef } from '../../shapes'

/** One managed object's verdict; null where no rule has an opinion. */
export const ObjectHealth = z.object({
  object: ObjectRef,
  uid: z.string(),
  generation: z.number().int(),
  health: Health.nullable(),
})
export type ObjectHealth = z.infer<typeof ObjectHealth>

/** The health of an application, or of objects that it manages, changed. Never one fact per pod. */
export const HealthChanged = z.object({
  application: ApplicationRef,
  cluster: z.string(),
  /** The worst of all managed objects. */
  health: Health,
  previous: Health.nullable(),
  /** The managed objects whose verdict is new, at most 100. */
  objects: z.array(ObjectHealth).max(100),
})
export type HealthChanged = z.infer<typeof HealthChanged>

export const healthChanged = defineEvent({
  owner: 'insighthub',
  fact: 'health.changed',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'the health of an application, or of objects that it manages, changed',
  schema: HealthChanged,
})
