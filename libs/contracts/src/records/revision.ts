import { z } from 'zod'
import { Problem, RepositoryRef } from '../shapes'
import { sha256 } from '../token'
import { defineRecord } from './define-record'

/** What a followed revision resolves to now, or why it can not be resolved. The last good commit stays beside a problem. */
export const RevisionRecord = z.object({
  repository: RepositoryRef,
  targetRevision: z.string(),
  ref: z.string(),
  commit: z.string(),
  ordinal: z.number().int().nonnegative(),
  /** The fact that said so, for the chain of causes. */
  factId: z.string(),
  correlationId: z.string(),
  observedAt: z.iso.datetime(),
  problem: Problem.nullable(),
})
export type RevisionRecord = z.infer<typeof RevisionRecord>

/** What followed revisions resolve to. */
export const revisionRecord = defineRecord({
  owner: 'codesource',
  bucket: 'REVISIONS',
  readers: ['chartstore', 'insighthub'],
  description: 'what the revisions that applications follow resolve to',
  key: '<repository token>.<first 16 hexadecimal digits of the hash of the target revision>',
  ttlMs: 0,
  schema: RevisionRecord,
})

/** The key of a followed revision. An empty target revision is `HEAD`. */
export function revisionKey(repositoryToken: string, targetRevision: string): string {
  return `${repositoryToken}.${sha256(targetRevision === '' ? 'HEAD' : targetRevision).slice(0, 16)}`
}
