import { sha256 } from '@k8or/contracts'
import { readCloudEvent, type CloudEvent } from '../cloud-event'
import { readArtifactPublished, readImageBuilt } from '../image-event'
import { bearerRefusal } from '../secret'
import type { Delivery, IgnoredEvent, WebhookProvider } from '../webhook'

const secretKey = 'webhook.ci.token'
// `image.built`, with or without the prefix and the version that its sender puts around it.
const imageBuilt = /^(?:[\w.-]+\.)?image\.built(?:\.v?\d+)*$/
const artifactPublished = /^dev\.cdevents\.artifact\.published(?:\.|$)/

/** Any pipeline: CloudEvents 1.0 that say that an image was built, in both of their HTTP forms; CDEvents among them. */
export const ci: WebhookProvider = {
  id: 'ci',
  title: 'the pipeline',
  secretKey,
  claims: ({ headers }) =>
    headers['ce-specversion'] !== undefined ||
    headers['ce-type'] !== undefined ||
    (headers['content-type']?.startsWith('application/cloudevents') ?? false),
  refusal: ({ headers }, secret) => bearerRefusal(headers['authorization'], secret, secretKey),
  read(request): Delivery | IgnoredEvent {
    const event = readCloudEvent(request)
    const image = readImage(event)
    if (!image) return { ignored: `event ${event.type} is not followed: expected image.built` }
    // Source and id together are one event.
    const delivery = sha256(`${event.source}\n${event.id}`).slice(0, 32)
    return { delivery: `${event.id.slice(0, 100)}/${delivery}`, event: 'image', repositories: [], images: [image] }
  },
}

function readImage(event: CloudEvent) {
  if (imageBuilt.test(event.type)) return readImageBuilt(event)
  return artifactPublished.test(event.type) ? readArtifactPublished(event) : undefined
}
