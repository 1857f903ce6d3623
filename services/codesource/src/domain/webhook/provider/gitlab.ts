import { sha256 } from '@k8or/contracts'
import { z } from 'zod'
import { BoundedText, namedUrls, readPayload } from '../payload'
import { equalsSecret } from '../secret'
import type { WebhookProvider, WebhookRequest } from '../webhook'

const Project = z.looseObject({
  git_http_url: BoundedText.optional(),
  git_ssh_url: BoundedText.optional(),
  web_url: BoundedText.optional(),
})
const Hook = z.looseObject({
  object_kind: BoundedText.optional(),
  event_name: BoundedText.optional(),
  ref: BoundedText.optional(),
  before: BoundedText.optional(),
  after: BoundedText.optional(),
  project: Project.optional(),
})
const Push = Hook.extend({ ref: BoundedText, after: BoundedText, project: Project })
const pushes = ['push', 'tag_push']

/** GitLab, gitlab.com and self-managed: hooks of projects, groups and the system. */
export const gitlab: WebhookProvider = {
  id: 'gitlab',
  title: 'GitLab',
  secretKey: 'webhook.gitlab.secret',
  claims: ({ headers }) => headers['x-gitlab-event'] !== undefined,
  refusal({ headers }, secret) {
    const token = headers['x-gitlab-token']
    if (token === undefined)
      return 'header X-Gitlab-Token is missing: set the secret of webhook.gitlab.secret in the webhook’s settings'
    if (equalsSecret(token, secret)) return undefined
    return 'header X-Gitlab-Token is not the configured secret: set the secret of webhook.gitlab.secret in the webhook’s settings'
  },
  read(request) {
    const text = request.body.toString('utf8')
    const hook = readPayload('GitLab', text, Hook)
    const event = hook.object_kind ?? hook.event_name ?? ''
    if (!pushes.includes(event)) return { ignored: `event ${event || '(unnamed)'} is not followed` }
    const { ref, before, after, project } = readPayload('GitLab push', text, Push)
    const repositories = namedUrls([project.git_http_url, project.git_ssh_url, project.web_url])
    const delivery = { delivery: deliveryId(request), event: 'push' as const, repositories, ref, after }
    return before === undefined ? delivery : { ...delivery, before }
  },
}

/** One event may be sent by several webhooks of one project: each is a delivery. */
function deliveryId({ headers, body }: WebhookRequest): string {
  const event = headers['idempotency-key'] ?? headers['x-gitlab-event-uuid']
  return event === undefined ? sha256(body) : `${event}/${headers['x-gitlab-webhook-uuid'] ?? ''}`
}
