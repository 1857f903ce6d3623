import { z } from 'zod'
import { defineEvent } from '../../define-event'

/** A cluster no longer answers; calls to it fail at once until it does. */
export const ClusterUnreachable = z.object({ cluster: z.string(), server: z.string(), reason: z.string() })
export type ClusterUnreachable = z.infer<typeof ClusterUnreachable>

export const clusterUnreachable = defineEvent({
  owner: 'accesspoint',
  fact: 'cluster.unreachable',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'cluster',
  description: 'a cluster no longer answers',
  schema: ClusterUnreachable,
})
