import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef } from '../../shapes'

/** An Application is gone from the hub. */
export const ApplicationRemoved = z.object({ application: ApplicationRef })
export type ApplicationRemoved = z.infer<typeof ApplicationRemoved>

export const applicationRemoved = defineEvent({
  owner: 'syncmaster',
  fact: 'application.removed',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'an Application is gone from the hub',
  schema: ApplicationRemoved,
})
