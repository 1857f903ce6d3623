import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, Problem, ResolvedSource } from '../../shapes'

/** An application's sources were rendered into an immutable release, or say again what the newest release holds after they had failed. */
export const ReleaseRendered = z.object({
  application: ApplicationRef,
  /** Counts the releases of this application. */
  release: z.number().int().positive(),
  /** SHA-256 of the manifests: the release's content address. */
  digest: z.string(),
  /** SHA-256 over all that was read: sources, trees, settings. Equal inputs are never rendered twice. */
  inputDigest: z.string(),
  sources: z.array(ResolvedSource),
  objects: z.number().int().nonnegative(),
  images: z.array(z.string()),
  /** What is odd about the release and does not hinder it, such as one object declared twice. */
  warnings: z.array(Problem).default([]),
})
export type ReleaseRendered = z.infer<typeof ReleaseRendered>

export const releaseRendered = defineEvent({
  owner: 'chartstore',
  fact: 'release.rendered',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: "an application's sources were rendered into an immutable release",
  schema: ReleaseRendered,
})
