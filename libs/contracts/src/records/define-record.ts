import type { z } from 'zod'
import type { ServiceName } from '../services'

/** A read model in JetStream KV: its owner writes it, anyone whom `readers` names may watch it. */
export interface RecordDefinition<Value = unknown, Owner extends ServiceName = ServiceName> {
  readonly owner: Owner
  /** The KV bucket. */
  readonly bucket: string
  /** Who besides the owner may read it. A record without readers is private to its owner. */
  readonly readers: readonly ServiceName[]
  readonly description: string
  /** How its keys are formed. */
  readonly key: string
  /** Rows vanish after this many milliseconds; 0 keeps them. */
  readonly ttlMs: number
  readonly schema: z.ZodType<Value>
}

/** Declares one read model: from this come check, bucket and the bus's permissions. */
export function defineRecord<Value, Owner extends ServiceName>(
  definition: RecordDefinition<Value, Owner>,
): RecordDefinition<Value, Owner> {
  return Object.freeze(definition)
}
