import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { Problem, RepositoryRef } from '../../shapes'

/** A target revision that applications follow can not be resolved; announced once per problem, not per attempt. */
export const RevisionUnresolved = z.object({
  repository: RepositoryRef,
  targetRevision: z.string(),
  problem: Problem,
  since: z.iso.datetime(),
})
export type RevisionUnresolved = z.infer<typeof RevisionUnresolved>

export const revisionUnresolved = defineEvent({
  owner: 'codesource',
  fact: 'revision.unresolved',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'repository',
  description: 'a followed revision can not be resolved',
  schema: RevisionUnresolved,
})
