import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, Problem, ResolvedSource } from '../../shapes'

/** An application's sources could not be rendered; the release before it stays. */
export const ReleaseFailed = z.object({
  application: ApplicationRef,
  inputDigest: z.string(),
  sources: z.array(ResolvedSource),
  problems: z.array(Problem).min(1),
})
export type ReleaseFailed = z.infer<typeof ReleaseFailed>

export const releaseFailed = defineEvent({
  owner: 'chartstore',
  fact: 'release.failed',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: "an application's sources could not be rendered",
  schema: ReleaseFailed,
})
