import { z } from 'zod'
import { defineEvent } from '../../define-event'

/**
 * A webhook that was verified and not seen before; its token is that of the repository, or of the first image. Stored before the sender
 * gets its 2xx.
 */
export const DeliveryReceived = z.object({
  /** The sender's own id of the delivery, or a digest of the body where it has none. */
  delivery: z.string(),
  provider: z.enum(['github', 'gitlab', 'registry', 'ci']),
  event: z.enum(['push', 'ping', 'image']),
  /** The same repository in every form that the payload names it: http, ssh, web. */
  repositories: z.array(z.string()),
  ref: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
  /** What a registry or a CI says was pushed. */
  images: z
    .array(
      z.object({
        name: z.string().min(1),
        tag: z.string().min(1),
        digest: z.string(),
        builtAt: z.string().optional(),
        repository: z.string().optional(),
        commit: z.string().optional(),
      }),
    )
    .optional(),
  /** True when the provider sent this delivery again, which asks for a refresh. */
  redelivery: z.boolean().default(false),
})
export type DeliveryReceived = z.infer<typeof DeliveryReceived>

export const deliveryReceived = defineEvent({
  owner: 'codesource',
  fact: 'delivery.received',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'repository',
  description: 'a webhook was verified and stored',
  schema: DeliveryReceived,
})
