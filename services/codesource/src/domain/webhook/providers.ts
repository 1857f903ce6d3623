import type { ProviderId } from './provider-id'
import { ci } from './provider/ci'
import { github } from './provider/github'
import { gitlab } from './provider/gitlab'
import { registry } from './provider/registry'
import type { WebhookProvider, WebhookRequest } from './webhook'

/** Everybody whose webhooks are understood: git hosts, registries, pipelines. */
export const providers: Readonly<Record<ProviderId, WebhookProvider>> = { github, gitlab, registry, ci }

/** Hosts whose webhooks look like those of others; they are named, not mistaken. */
const strangers: Readonly<Record<string, string>> = {
  'x-vss-activityid': 'Azure DevOps',
  'x-gogs-event': 'Gogs or Gitea',
  'x-gitea-event': 'Gitea',
  'x-hook-uuid': 'Bitbucket Cloud',
  'x-event-key': 'Bitbucket Server',
}

/** The provider that a request comes from, or why there is none. */
export function providerOf(request: WebhookRequest): WebhookProvider | { readonly unknown: string } {
  const stranger = Object.keys(strangers).find((header) => request.headers[header] !== undefined)
  if (stranger !== undefined)
    return { unknown: `webhooks of ${strangers[stranger] ?? ''} are not supported yet: the poll will see the change` }
  const provider = Object.values(providers).find((candidate) => candidate.claims(request))
  return (
    provider ?? {
      unknown: `unknown webhook provider: neither X-GitHub-Event nor X-Gitlab-Event is set, and the content type (${request.headers['content-type'] ?? 'none'}) is neither that of a registry’s notifications nor of a CloudEvent`,
    }
  )
}
