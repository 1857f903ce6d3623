import { z } from 'zod'
import { RevisionObserved } from '../events/codesource/revision-observed'
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
  previous: z.string().nullable().default(null),
  author: z.string().default(''),
  subject: z.string().default(''),
  committedAt: z.string().default(''),
  via: RevisionObserved.shape.via.default('poll'),
  /** The facts that led to this one. */
  causes: z.array(z.string()).default([]),
  /** False once no application follows it: what it says may be old, and is observed anew when it is followed again. */
  followed: z.boolean().default(true),
  /** False until the fact is stored: who finds it so after a crash announces it again, under the same id. */
  announced: z.boolean().default(true),
  /** Since when the host has not answered, while that is not told as a problem yet; a restart does not begin anew. */
  silentSince: z.iso.datetime().optional(),
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
