import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { RepositoryRef } from '../../shapes'

/** A target revision that applications follow resolves to a commit which has been fetched. */
export const RevisionObserved = z.object({
  repository: RepositoryRef,
  /** The revision as applications declare it: `HEAD`, a branch, a tag, a commit. */
  targetRevision: z.string(),
  /** What it resolved to: the full ref, or the commit itself. */
  ref: z.string(),
  commit: z.string(),
  previous: z.string().nullable(),
  /** Counts observations of this target revision: A, B, A are three facts, and the highest is the newest. */
  ordinal: z.number().int().positive(),
  author: z.string(),
  subject: z.string(),
  committedAt: z.iso.datetime({ offset: true }),
  /** `commit`: the mesh pushed it itself. */
  via: z.enum(['webhook', 'poll', 'declared', 'refresh', 'commit']),
})
export type RevisionObserved = z.infer<typeof RevisionObserved>

export const revisionObserved = defineEvent({
  owner: 'codesource',
  fact: 'revision.observed',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'repository',
  description: 'a followed revision resolves to a commit that has been fetched',
  schema: RevisionObserved,
})
