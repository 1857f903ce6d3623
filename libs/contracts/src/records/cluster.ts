import { z } from 'zod'
import { defineRecord } from './define-record'

/** A cluster that AccessPoint has credentials for; never the credentials. */
export const ClusterRecord = z.object({
  name: z.string(),
  server: z.string(),
  /** The AppProject that the cluster belongs to; empty or absent when it is for all. */
  project: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  namespaces: z.array(z.string()),
  reachable: z.boolean(),
  reason: z.string().default(''),
  version: z.string().default(''),
  /** When it began, or ceased, to answer. */
  since: z.iso.datetime().optional(),
  /** False while the fact that tells of that is still to be announced. */
  announced: z.boolean().optional(),
})
export type ClusterRecord = z.infer<typeof ClusterRecord>

/** The clusters of the mesh. */
export const clusterRecord = defineRecord({
  owner: 'accesspoint',
  bucket: 'CLUSTERS',
  readers: ['syncmaster', 'insighthub'],
  description: 'the clusters of the mesh, and whether they answer',
  key: '<first 24 hexadecimal digits of the hash of the cluster name>',
  ttlMs: 0,
  schema: ClusterRecord,
})
