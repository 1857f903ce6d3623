import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ImageRef } from '../../shapes'

/** A tag that was known by one digest was pushed again with another: no policy but one that follows digests may use it. */
export const TagMoved = z.object({
  image: ImageRef,
  tag: z.string(),
  /** What the tag is known by, and keeps. */
  digest: z.string(),
  /** What was pushed over it. */
  pushed: z.string(),
  ordinal: z.number().int().positive(),
})
export type TagMoved = z.infer<typeof TagMoved>

export const tagMoved = defineEvent({
  owner: 'codesource',
  fact: 'tag.moved',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'image',
  description: 'a known tag was pushed again with another digest',
  schema: TagMoved,
})
