import { z } from 'zod'
import { defineEvent } from '../../define-event'

/** Somebody stopped the mesh, or one cluster: nothing is changed there for applications until it is lifted. The actor says who. */
export const StopRaised = z.object({
  /** The name of the cluster; empty for the whole mesh. */
  cluster: z.string(),
  reason: z.string(),
})
export type StopRaised = z.infer<typeof StopRaised>

export const stopRaised = defineEvent({
  owner: 'accesspoint',
  fact: 'stop.raised',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'cluster',
  description: 'an emergency stop stands for the mesh or for one cluster',
  schema: StopRaised,
})
