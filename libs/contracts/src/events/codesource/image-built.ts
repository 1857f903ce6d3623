import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ImageRef, RepositoryRef } from '../../shapes'

/** An image was pushed to its registry: tag, digest and, where the sender says so, the commit it was built from. */
export const ImageBuilt = z.object({
  image: ImageRef,
  tag: z.string().min(1),
  /** Of the manifest or the index that the tag names: `sha256:…`. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Counts what was observed of this tag: a tag that moved to another digest and back gives three facts. */
  ordinal: z.number().int().positive(),
  via: z.enum(['registry', 'ci', 'poll']),
  builtAt: z.iso.datetime({ offset: true }).nullable().default(null),
  /** What it was built from, where the sender says so. */
  source: z.object({ repository: RepositoryRef, commit: z.string() }).nullable().default(null),
})
export type ImageBuilt = z.infer<typeof ImageBuilt>

export const imageBuilt = defineEvent({
  owner: 'codesource',
  fact: 'image.built',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'image',
  description: 'a tag of an image was pushed to its registry',
  schema: ImageBuilt,
})
