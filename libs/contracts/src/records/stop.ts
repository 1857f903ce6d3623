import { z } from 'zod'
import { sha256 } from '../token'
import { defineRecord } from './define-record'

/** An emergency stop: while it stands, nothing is changed for applications, on one cluster or on any. */
export const StopRecord = z.object({
  /** The name of the cluster; empty for the whole mesh. */
  cluster: z.string(),
  since: z.iso.datetime(),
  /** Who raised it, such as `user:admin`. */
  actor: z.string(),
  reason: z.string(),
  /** Who lifted it, and why: it stands no longer, and its row goes as soon as that is announced. */
  lifted: z.object({ actor: z.string(), reason: z.string(), at: z.iso.datetime() }).optional(),
  /** False until the newest fact is stored, then absent: who finds it so after a crash announces it again, under the same id. */
  announced: z.literal(false).optional(),
})
export type StopRecord = z.infer<typeof StopRecord>

/** The emergency stops that stand. */
export const stopRecord = defineRecord({
  owner: 'accesspoint',
  bucket: 'STOPS',
  readers: ['syncmaster'],
  description: 'the emergency stops that stand',
  key: 'mesh, or the first 24 hexadecimal digits of the hash of the cluster name',
  ttlMs: 0,
  schema: StopRecord,
})

/** The key of a stop, by the name of its cluster; empty for the whole mesh. */
export function stopKey(cluster: string): string {
  return cluster === '' ? 'mesh' : sha256(cluster).slice(0, 24)
}
