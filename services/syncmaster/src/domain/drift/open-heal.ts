import { z } from 'zod'
import { ObjectRef } from '@k8or/contracts'

/** A drift that is being put back, with all that its facts tell: kept until they are stored. */
export const OpenHeal = z.object({
  drift: z.object({
    release: z.number().int(),
    cluster: z.string(),
    object: ObjectRef,
    uid: z.string(),
    resourceVersion: z.string(),
  }),
  how: z.object({
    kind: z.enum(['changed', 'deleted']),
    fields: z.array(z.string()),
    manager: z.string(),
    willHeal: z.boolean(),
  }),
})
export type OpenHeal = z.infer<typeof OpenHeal>
