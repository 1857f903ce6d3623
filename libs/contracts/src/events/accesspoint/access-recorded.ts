import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ObjectRef } from '../../shapes'

/** One call to a cluster, allowed or denied. Records form a hash chain per replica of AccessPoint. */
export const AccessRecorded = z.object({
  replica: z.string(),
  sequence: z.number().int().positive(),
  /** When it was recorded; the hash covers it, unlike the envelope's time. */
  at: z.iso.datetime(),
  /** `spiffe://…` of a service, or `user:<name>`. */
  caller: z.string(),
  cluster: z.string(),
  verb: z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'other']),
  method: z.string(),
  path: z.string(),
  object: ObjectRef.optional(),
  application: z.string().optional(),
  release: z.number().int().optional(),
  lease: z.number().int().optional(),
  /** The W3C trace id of the call. */
  trace: z.string().optional(),
  /** A mutation has two records: its intent before it is forwarded, its outcome after. A watch: open and close. */
  phase: z.enum(['intent', 'outcome', 'open', 'close']),
  outcome: z.enum(['allowed', 'denied', 'failed']),
  /** The rule that decided. */
  rule: z.string(),
  reason: z.string().default(''),
  status: z.number().int().optional(),
  latencyMs: z.number().nonnegative().optional(),
  /** SHA-256 over the previous record's hash and this record without it. */
  previousHash: z.string(),
  hash: z.string(),
})
export type AccessRecorded = z.infer<typeof AccessRecorded>

export const accessRecorded = defineEvent({
  owner: 'accesspoint',
  fact: 'access.recorded',
  version: 1,
  stream: 'ACCESS',
  tokenKind: 'application',
  description: 'one call to a cluster, allowed or denied',
  schema: AccessRecorded,
})
