import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRecord } from '../../records/application'

/** An Application appeared on the hub, or what it declares changed. */
export const ApplicationDeclared = z.object({ application: ApplicationRecord })
export type ApplicationDeclared = z.infer<typeof ApplicationDeclared>

export const applicationDeclared = defineEvent({
  owner: 'syncmaster',
  fact: 'application.declared',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: 'an Application was declared, or its declaration changed',
  schema: ApplicationDeclared,
})
