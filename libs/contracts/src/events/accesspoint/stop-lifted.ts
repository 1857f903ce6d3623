import { z } from 'zod'
import { defineEvent } from '../../define-event'

/** An emergency stop is over. The actor says who lifted it. */
export const StopLifted = z.object({
  /** The name of the cluster; empty for the whole mesh. */
  cluster: z.string(),
  reason: z.string(),
})
export type StopLifted = z.infer<typeof StopLifted>

export const stopLifted = defineEvent({
  owner: 'accesspoint',
  fact: 'stop.lifted',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'cluster',
  description: 'an emergency stop is over',
  schema: StopLifted,
})
