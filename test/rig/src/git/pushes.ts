import { createHmac, randomUUID } from 'node:crypto'

/** A push, as a git host tells it. */
export interface Push {
  readonly repoUrl: string
  readonly ref?: string
  readonly before?: string
  readonly after: string
  readonly message?: string
  readonly files?: readonly string[]
}

/** An HTTP request that a git host would send. */
export interface Webhook {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const nothing = '0'.repeat(40)

/** The body of GitHub's push event. */
export function pushPayload(push: Push): Record<string, unknown> {
  const { repoUrl, ref = 'refs/heads/main', before = nothing, after } = push
  const fullName = fullNameOf(repoUrl)
  const commit = githubCommit(push)
  return {
    ref,
    before,
    after,
    created: before === nothing,
    deleted: after === nothing,
    forced: false,
    repository: {
      name: fullName.split('/').at(-1),
      full_name: fullName,
      clone_url: repoUrl,
      html_url: repoUrl.replace(/\.git$/, ''),
      ssh_url: repoUrl,
      default_branch: 'main',
    },
    commits: after === nothing ? [] : [commit],
    head_commit: after === nothing ? null : commit,
    pusher: { name: 'rig', email: 'rig@k8or.dev' },
    sender: { login: 'rig' },
  }
}

/** GitHub's signature of a body, the value of X-Hub-Signature-256. */
export function signGithub(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** GitHub's push webhook, signed. */
export function githubPush(push: Push, secret: string, delivery: string = randomUUID()): Webhook {
  const body = JSON.stringify(pushPayload(push))
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/rig',
    'x-github-event': 'push',
    'x-github-delivery': delivery,
    'x-hub-signature-256': signGithub(secret, body),
  }
  return { headers, body }
}

/** GitLab's push webhook with its token. */
export function gitlabPush(push: Push, secret: string, delivery: string = randomUUID()): Webhook {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitLab/rig',
    'x-gitlab-event': 'Push Hook',
    'x-gitlab-event-uuid': delivery,
    'x-gitlab-webhook-uuid': 'rig',
    'idempotency-key': delivery,
    'x-gitlab-token': secret,
  }
  return { headers, body: JSON.stringify(gitlabPayload(push)) }
}

function gitlabPayload({ repoUrl, ref = 'refs/heads/main', before = nothing, after, ...push }: Push): unknown {
  const path = fullNameOf(repoUrl)
  const project = {
    name: path.split('/').at(-1),
    path_with_namespace: path,
    git_http_url: repoUrl,
    git_ssh_url: repoUrl,
    web_url: repoUrl.replace(/\.git$/, ''),
    default_branch: 'main',
  }
  const commit = { id: after, message: push.message ?? 'change', added: [], modified: push.files ?? [], removed: [] }
  const commits = after === nothing ? [] : [commit]
  const after0 = after === nothing ? null : after
  return {
    object_kind: 'push',
    event_name: 'push',
    ref,
    before,
    after,
    checkout_sha: after0,
    user_username: 'rig',
    project,
    commits,
  }
}

function githubCommit({ after, message = 'change', files = [] }: Push): unknown {
  const person = { name: 'Rig', email: 'rig@k8or.dev', username: 'rig' }
  const timestamp = new Date().toISOString()
  return { id: after, message, timestamp, author: person, committer: person, added: [], removed: [], modified: files }
}

function fullNameOf(repoUrl: string): string {
  return new URL(repoUrl).pathname.replace(/^\/+/, '').replace(/\.git$/, '')
}
