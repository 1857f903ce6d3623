import { sha256 } from '@k8or/contracts'
import { z } from 'zod'
import { BoundedText, namedUrls, readPayload } from '../payload'
import { isSignedBy } from '../secret'
import type { Delivery, IgnoredEvent, WebhookProvider, WebhookRequest } from '../webhook'

const Repository = z.looseObject({
  clone_url: BoundedText.optional(),
  ssh_url: BoundedText.optional(),
  git_url: BoundedText.optional(),
  html_url: BoundedText.optional(),
})
const Push = z.looseObject({ ref: BoundedText, before: BoundedText, after: BoundedText, repository: Repository })
const Ping = z.looseObject({ repository: Repository.optional() })

/** GitHub, github.com and Enterprise. */
export const github: WebhookProvider = {
  id: 'github',
  title: 'GitHub',
  secretKey: 'webhook.github.secret',
  claims: ({ headers }) => headers['x-github-event'] !== undefined,
  refusal({ headers, body }, secret) {
    const signature = headers['x-hub-signature-256']
    if (signature === undefined)
      return 'header X-Hub-Signature-256 is missing: set the secret of webhook.github.secret in the webhook’s settings'
    if (isSignedBy(secret, body, signature)) return undefined
    return 'header X-Hub-Signature-256 does not match the body: set the secret of webhook.github.secret in the webhook’s settings'
  },
  read(request) {
    const event = request.headers['x-github-event'] ?? ''
    if (event === 'push') return readPush(request)
    return event === 'ping' ? readPing(request) : { ignored: `event ${event} is not followed` }
  },
}

function readPush(request: WebhookRequest): Delivery | IgnoredEvent {
  const { ref, before, after, repository } = readPayload('GitHub push', textOf(request), Push)
  return { delivery: deliveryId(request), event: 'push', repositories: urlsOf(repository), ref, before, after }
}

function readPing(request: WebhookRequest): Delivery {
  const { repository } = readPayload('GitHub ping', textOf(request), Ping)
  return { delivery: deliveryId(request), event: 'ping', repositories: repository ? urlsOf(repository) : [] }
}

function urlsOf(repository: z.infer<typeof Repository>): string[] {
  return namedUrls([repository.clone_url, repository.ssh_url, repository.git_url, repository.html_url])
}

/** GitHub sends JSON, or a form whose field `payload` holds it. */
function textOf({ headers, body }: WebhookRequest): string {
  const text = body.toString('utf8')
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  return isForm ? (new URLSearchParams(text).get('payload') ?? '') : text
}

function deliveryId({ headers, body }: WebhookRequest): string {
  return headers['x-github-delivery'] ?? sha256(body)
}
