import { canonicalImageName, sha256 } from '@k8or/contracts'
import { z } from 'zod'
import { imageTag, sha256Digest } from '../image'
import { BoundedText, readPayload } from '../payload'
import { bearerRefusal } from '../secret'
import { MalformedDeliveryError, type Delivery, type IgnoredEvent, type WebhookProvider } from '../webhook'

// Version 3 of distribution calls its notifications v2; they read the same.
const mediaType = /^application\/vnd\.docker\.distribution\.events\.v[12]\+json/
const secretKey = 'webhook.registry.secret'

const Target = z.looseObject({
  repository: BoundedText.optional(),
  tag: BoundedText.optional(),
  digest: BoundedText.optional(),
  url: BoundedText.optional(),
})
const RegistryEvent = z.looseObject({
  id: BoundedText.min(1),
  action: BoundedText,
  target: Target,
  request: z.looseObject({ host: BoundedText.optional() }).optional(),
})
type RegistryEvent = z.infer<typeof RegistryEvent>
const Notification = z.looseObject({ events: z.array(RegistryEvent).min(1).max(1_000) })
const TaggedPush = z.object({ repository: BoundedText.min(1), tag: imageTag, digest: sha256Digest })

/** The notifications of OCI registries that are built on distribution, in batches of any kind of event. */
export const registry: WebhookProvider = {
  id: 'registry',
  title: 'the registry',
  secretKey,
  claims: ({ headers }) => mediaType.test(headers['content-type'] ?? ''),
  refusal: ({ headers }, secret) => bearerRefusal(headers['authorization'], secret, secretKey),
  read({ body }): Delivery | IgnoredEvent {
    const { events } = readPayload('registry notification', body.toString('utf8'), Notification)
    const images = events.flatMap((event, index) => (isTaggedPush(event) ? [imageOf(event, index)] : []))
    if (images.length === 0) return { ignored: 'it tells of no tag that was pushed' }
    // The same batch again has the same ids.
    const delivery = events.length === 1 ? (events[0]?.id ?? '') : sha256(events.map(({ id }) => id).join('\n'))
    return { delivery, event: 'image', repositories: [], images }
  },
}

/** Layers, and manifests without a name of their own, are parts of an image whose tag is told for itself. */
function isTaggedPush({ action, target }: RegistryEvent): boolean {
  return action === 'push' && target.tag !== undefined && target.tag !== ''
}

function imageOf({ target, request }: RegistryEvent, index: number) {
  const field = `events.${index}.target`
  const parsed = TaggedPush.safeParse(target)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw malformed(`${field}.${issue?.path.join('.') ?? ''}`, issue?.message ?? '')
  }
  const { repository, tag, digest } = parsed.data
  // The name under which it was pushed is the one by which manifests name it.
  const host = request?.host || hostOf(target.url)
  if (host === '') throw malformed(`events.${index}.request.host`, 'it is missing, and target.url names no host')
  return { name: canonicalImageName(`${host}/${repository}`), tag, digest }
}

function hostOf(url = ''): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

function malformed(field: string, why: string): MalformedDeliveryError {
  return new MalformedDeliveryError(`malformed registry notification payload: field ${field}: ${why}`)
}
