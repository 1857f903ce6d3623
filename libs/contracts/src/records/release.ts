import { z } from 'zod'
import { ApplicationRef, Problem, ResolvedSource } from '../shapes'
import { defineRecord } from './define-record'

/** One release of one application; with `problems`, the newest rendering failed and release 0 means there is none yet. */
export const ReleaseRecord = z.object({
  application: ApplicationRef,
  release: z.number().int().nonnegative(),
  digest: z.string(),
  inputDigest: z.string(),
  /** The declaration that was rendered (ApplicationRecord.specDigest). */
  specDigest: z.string(),
  sources: z.array(ResolvedSource),
  objects: z.number().int().nonnegative(),
  images: z.array(z.string()),
  /** The fact that announced it, for the chain of causes. */
  factId: z.string(),
  correlationId: z.string(),
  renderedAt: z.iso.datetime(),
  /** Why the newest rendering failed; empty when the release is what the sources say now. */
  problems: z.array(Problem).default([]),
})
export type ReleaseRecord = z.infer<typeof ReleaseRecord>

/** The release index. */
export const releaseRecord = defineRecord({
  owner: 'chartstore',
  bucket: 'RELEASES',
  readers: ['syncmaster', 'insighthub'],
  description: 'the newest release of every application, and every release by number',
  key: '<application uid>.latest, <application uid>.<release>',
  ttlMs: 0,
  schema: ReleaseRecord,
})

/** The key of an application's newest release, or of one by number. */
export function releaseKey(applicationUid: string, release: number | 'latest' = 'latest'): string {
  return `${applicationUid}.${String(release)}`
}
