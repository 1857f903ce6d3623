import { z } from 'zod'

/**
 * A fact on the bus: a CloudEvents 1.0 event in structured JSON mode. `causes` holds the ids of the facts that led to
 * this one, separated by spaces: CloudEvents allows no lists in its attributes (ADR 0005). `correlationid` is the id of the first fact
 * of the chain. Readers tolerate attributes that they do not know.
 */
export const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(512),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  correlationid: z.string(),
  causes: z.string().default(''),
  actor: z.string(),
  traceparent: z.string().optional(),
  data: z.unknown(),
})
export type Envelope = z.infer<typeof Envelope>

/** A fact with its data parsed. */
export interface Fact<Data> {
  readonly id: string
  readonly type: string
  readonly token: string
  readonly time: string
  readonly correlationId: string
  readonly causes: readonly string[]
  readonly actor: string
  readonly traceparent?: string
  readonly data: Data
}
