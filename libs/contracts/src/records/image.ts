import { z } from 'zod'
import { ImageBuilt } from '../events/codesource/image-built'
import { ImageRef } from '../shapes'
import { sha256 } from '../token'
import { defineRecord } from './define-record'

const day = 86_400_000

/** One tag of an image as it was observed. A tag that moved keeps its first digest beside the newest. */
export const ImageRecord = z.object({
  image: ImageRef,
  tag: z.string(),
  /** The newest digest that was observed. */
  digest: z.string(),
  /** The digest that the tag was first known by: what counts for every policy but `digest`. */
  firstDigest: z.string(),
  ordinal: z.number().int().positive(),
  /** The tag was pushed over with this digest: it is not what it is known by. */
  moved: z.boolean().default(false),
  via: ImageBuilt.shape.via,
  builtAt: z.string().nullable().default(null),
  source: ImageBuilt.shape.source,
  /** The fact that said so, for the chain of causes. */
  factId: z.string(),
  correlationId: z.string(),
  causes: z.array(z.string()).default([]),
  observedAt: z.iso.datetime(),
  /** False until the fact is stored: who finds it so after a crash announces it again, under the same id. */
  announced: z.boolean().default(true),
})
export type ImageRecord = z.infer<typeof ImageRecord>

/** The tags that were pushed lately; older ones are asked of the registry. */
export const imageRecord = defineRecord({
  owner: 'codesource',
  bucket: 'IMAGES',
  readers: ['chartstore', 'insighthub'],
  description: 'the tags of images that were pushed in the last months',
  key: '<image token>.<first 16 hexadecimal digits of the hash of the tag>',
  ttlMs: 90 * day,
  schema: ImageRecord,
})

/** The key of a tag. */
export function imageKey(imageToken: string, tag: string): string {
  return `${imageToken}.${sha256(tag).slice(0, 16)}`
}
