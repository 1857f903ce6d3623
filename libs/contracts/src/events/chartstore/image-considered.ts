import { z } from 'zod'
import { defineEvent } from '../../define-event'
import { ApplicationRef, ImageRef, Problem } from '../../shapes'

/** What an application's policy made of an image that is new. Said once per application, image and outcome. */
export const ImageConsidered = z.object({
  application: ApplicationRef,
  image: ImageRef,
  tag: z.string(),
  digest: z.string(),
  /** `selected` leads to a commit, or says that a tag which was gone is there again; `refused`: no policy admits it; `held`: a hold or suspension keeps it out; `failed`: it can not be written, or the registry has it no longer. */
  outcome: z.enum(['selected', 'refused', 'held', 'failed']),
  reason: z.string(),
  /** Where the image is named now, and as what. */
  edits: z.array(z.object({ file: z.string(), field: z.string(), from: z.string(), to: z.string() })).default([]),
  problem: Problem.nullable().default(null),
})
export type ImageConsidered = z.infer<typeof ImageConsidered>

export const imageConsidered = defineEvent({
  owner: 'chartstore',
  fact: 'image.considered',
  version: 1,
  stream: 'FACTS',
  tokenKind: 'application',
  description: "an application's image policy took or refused a new image",
  schema: ImageConsidered,
})
