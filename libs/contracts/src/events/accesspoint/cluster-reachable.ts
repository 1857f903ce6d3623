import { z } from 'zod'
import { defineEvent } from '../../define-event'

/** A cluster answers (again). */
export const ClusterReachable = z.object({ cluster: z.string(), server: z.string(), version: z.string() })
export type ClusterReachable = z.infer<typeof ClusterReachable>

export const clusterReachable = defineEvent({
  owner: 'accesspoint',
  fact: 'cluster.reachable',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'cluster',
  description: 'a cluster answers',
  schema: ClusterReachable,
})
