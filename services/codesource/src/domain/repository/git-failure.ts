import { RepositoryError } from './remote'

/** How a git command ended that did not succeed. */
export interface GitFailure {
  readonly stderr: string
  /** What it printed for programs, where somebody reads that. */
  readonly stdout?: string
  /** Set when the deadline or a limit ended it. */
  readonly ended?: 'deadline' | 'size'
}

interface Rule {
  readonly pattern: RegExp
  readonly reason: string
  readonly isTransient: boolean
  readonly say: (url: string, detail: string) => string
}

const secretHint = 'a Secret labelled argocd.argoproj.io/secret-type=repository'

/** What git and ssh print, and what it means; the first match counts. */
const rules: readonly Rule[] = [
  {
    pattern: /host key verification failed|no .* host key is known|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    reason: 'RepositoryHostKeyUnknown',
    isTransient: false,
    say: (url) => `the ssh host key of ${url} is not trusted: add it to argocd-ssh-known-hosts-cm`,
  },
  {
    pattern:
      /authentication failed|could not read (username|password)|permission denied|error: 40[13]|access denied|invalid credentials/i,
    reason: 'RepositoryAccessRefused',
    isTransient: false,
    say: (url, detail) => `access to repository ${url} was refused (${detail}): check the credentials in ${secretHint}`,
  },
  {
    pattern:
      /repository .*not found|not found: did you run|does not appear to be a git repository|error: 404|does not exist|project you were looking for could not be found/i,
    reason: 'RepositoryNotFound',
    isTransient: false,
    say: (url) => `repository ${url} was not found: check repoURL, and whether it needs ${secretHint}`,
  },
  {
    pattern: /certificate|SSL_ERROR|unable to get local issuer/i,
    reason: 'RepositoryCertificateUntrusted',
    isTransient: false,
    say: (url, detail) =>
      `the certificate of ${url} is not trusted (${detail}): add its authority to argocd-tls-certs-cm`,
  },
  {
    pattern: /redirect|error: 30[12378]/i,
    reason: 'RepositoryMoved',
    isTransient: false,
    say: (url, detail) => `repository ${url} answers with a redirect (${detail}): declare the address that it leads to`,
  },
]

/** What a failed fetch means for the repository. */
export function repositoryErrorOf(url: string, { stderr, ended }: GitFailure): RepositoryError {
  if (ended === 'size') return tooLarge(url)
  const detail = telling(stderr)
  const rule = ended ? undefined : rules.find(({ pattern }) => pattern.test(stderr))
  if (rule) {
    const { reason, isTransient, say } = rule
    return new RepositoryError({ reason, message: say(url, detail), field: 'repoURL' }, isTransient)
  }
  const why = ended ? 'it did not answer in time' : detail
  const message = `repository ${url} can not be reached: ${why}`
  return new RepositoryError({ reason: 'RepositoryUnreachable', message, field: 'repoURL' }, true)
}

function tooLarge(url: string): RepositoryError {
  const message = `repository ${url} is larger than K8OR_MIRROR_MAX_BYTES allows`
  return new RepositoryError({ reason: 'RepositoryTooLarge', message, field: 'repoURL' }, false)
}

/** The line that tells most, without what differs from one attempt to the next. */
function telling(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const line = lines.find((one) => /^(fatal|error|ssh|remote):/i.test(one)) ?? lines[0] ?? 'git gave no reason'
  if (/could not read (username|password)/i.test(line)) return 'it asks for other credentials than are declared'
  return line
    .replace(/^(fatal|error|remote): /i, '')
    .replace(/ after \d+ ms/g, '')
    .replace(/\/\/[^/@\s]+@/g, '//')
    .slice(0, 300)
}
