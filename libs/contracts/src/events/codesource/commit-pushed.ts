import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { RepositoryRef } from '../../shapes'

/** The mesh wrote to git: one commit and one push for all edits that waited for the same branch. */
export const CommitPushed = z.object({
  repository: RepositoryRef,
  branch: z.string(),
  commit: z.string(),
  /** The head that it was made on. */
  previous: z.string(),
  subject: z.string(),
  files: z.array(z.string()),
  /** The requests that the commit carries out, as its trailers name them. */
  operations: z.array(z.string()),
  /** How often the push was refused because someone else had pushed first. */
  lostRaces: z.number().int().nonnegative(),
})
export type CommitPushed = z.infer<typeof CommitPushed>

export const commitPushed = defineEvent({
  owner: 'codesource',
  fact: 'commit.pushed',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'repository',
  description: 'the mesh committed to a repository and pushed',
  schema: CommitPushed,
})
