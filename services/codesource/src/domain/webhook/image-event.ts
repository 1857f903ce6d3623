import { canonicalImageName, parseImageReference, withoutPassword, type DeliveryReceived } from '@k8or/contracts'
import { z } from 'zod'
import type { CloudEvent } from './cloud-event'
import { imageTag, sha256Digest } from './image'
import { BoundedText } from './payload'
import { MalformedDeliveryError } from './webhook'

type PushedImage = NonNullable<DeliveryReceived['images']>[number]

const ImageBuilt = z.looseObject({
  image: BoundedText.min(1),
  tag: imageTag.optional(),
  digest: sha256Digest.optional(),
  builtAt: z.iso.datetime({ offset: true }).optional(),
  repository: BoundedText.min(1).optional(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'expected the id of a commit')
    .optional(),
})
const Artifact = z.looseObject({
  context: z.looseObject({ timestamp: z.iso.datetime({ offset: true }).optional() }).optional(),
  subject: z.looseObject({ id: BoundedText.min(1) }),
})

/** What `image.built` says. */
export function readImageBuilt({ data }: CloudEvent): PushedImage {
  const { image, repository, commit, builtAt, ...read } = parse(ImageBuilt, data)
  const named = parseImageReference(image)
  if (!named) throw malformed('image', `"${image}" names no image`)
  const tag = read.tag ?? named.tag
  const digest = read.digest ?? named.digest ?? ''
  if (tag === undefined) throw malformed('tag', 'it is missing')
  if (named.tag !== undefined && named.tag !== tag) throw malformed('tag', `it is ${tag}, the image says ${named.tag}`)
  if (!sha256Digest.or(z.literal('')).safeParse(digest).success)
    throw malformed('digest', 'expected sha256:<64 digits>')
  return {
    ...{ name: canonicalImageName(named.name), tag, digest },
    ...(builtAt === undefined ? {} : { builtAt }),
    ...(repository === undefined ? {} : { repository: withoutPassword(repository) }),
    ...(commit === undefined ? {} : { commit }),
  }
}

/** What CDEvents' `artifact.published` says, of artifacts that are images: their id is a package URL of type `oci`. */
export function readArtifactPublished({ data }: CloudEvent): PushedImage | undefined {
  const { subject, context } = parse(Artifact, data)
  const found = /^pkg:(?<type>oci|docker)\/(?<path>[^@?#]+)(?:@(?<version>[^?#]+))?(?:\?(?<query>[^#]*))?/.exec(
    subject.id,
  )
  const { type, path = '', version = '', query = '' } = found?.groups ?? {}
  if (type !== 'oci') return undefined
  const named = new URLSearchParams(query)
  const repository = named.get('repository_url')
  const tag = named.get('tag')
  if (repository === null) throw malformed('subject.id', 'the package URL has no repository_url')
  if (tag === null) throw malformed('subject.id', 'the package URL has no tag')
  const last = decoded(path)
  // With or without the name of the image itself, as its sender reads the rule.
  const image = repository === last || repository.endsWith(`/${last}`) ? repository : `${repository}/${last}`
  const digest = decoded(version)
  const at = context?.timestamp
  return readImageBuilt({
    ...{ id: '', source: '', type: '' },
    data: { image, tag, ...(digest === '' ? {} : { digest }), ...(at === undefined ? {} : { builtAt: at }) },
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('subject.id', `"${text}" in the package URL is wrongly encoded`)
  }
}

function parse<Value>(schema: z.ZodType<Value>, data: unknown): Value {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw malformed(issue?.path.join('.') ?? '', issue?.message ?? '')
}

function malformed(field: string, why: string): MalformedDeliveryError {
  return new MalformedDeliveryError(`malformed CloudEvent: field data${field === '' ? '' : `.${field}`}: ${why}`)
}
