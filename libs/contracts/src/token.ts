import { createHash } from 'node:crypto'

/** The token of facts that concern no application and no repository. */
export const noToken = '_'

/**
 * The subject token of an application: its instance name, with dots written as `~`, then the first eight characters of
 * its uid. The instance name is `<name>` in the control namespace, else `<namespace>_<name>`, as Argo CD has it.
 */
export function applicationToken(instanceName: string, uid: string): string {
  return `${instanceName.replaceAll('.', '~')}_${uid.replaceAll('-', '').slice(0, 8)}`
}

/** The instance name of an application: `<name>` in the control namespace, else `<namespace>_<name>`. */
export function instanceName(namespace: string, name: string, controlNamespace: string): string {
  return namespace === controlNamespace ? name : `${namespace}_${name}`
}

/** The subject token of a repository: `r-` and sixteen hexadecimal digits of the hash of its canonical URL. */
export function repositoryToken(url: string): string {
  const known = repositoryTokens.get(url)
  if (known !== undefined) return known
  const token = `r-${sha256(canonicalRepositoryUrl(url)).slice(0, 16)}`
  if (repositoryTokens.size >= keptTokens) repositoryTokens.clear()
  repositoryTokens.set(url, token)
  return token
}

/** A push asks for the token of its repository once for each application that follows it. */
const repositoryTokens = new Map<string, string>()
const keptTokens = 4096

/**
 * A repository's URL in the one form that identifies it: no credentials, no `.git`, no trailing slash, host in lower
 * case, `git@host:path` as `ssh://host/path`. Port and scheme stay: two servers on one host are two.
 */
export function canonicalRepositoryUrl(url: string): string {
  const parsed = parseRepositoryUrl(url)
  return `${parsed.protocol}//${parsed.host}${parsed.path}`
}

/**
 * The key by which webhooks are matched to repositories: host and path alone. Providers name one repository by http
 * or ssh, with or without user, port and `.git` (Argo CD ignores the same differences).
 */
export function repositoryMatchKey(url: string): string {
  const parsed = parseRepositoryUrl(url)
  return `${parsed.host.replace(/:\d+$/, '')}${parsed.path}`
}

const scpForm = /^(?:[^@/:]+@)?(?<host>[^/:]+):(?!\/\/)(?<path>.*)$/

function parseRepositoryUrl(raw: string): { protocol: string; host: string; path: string } {
  const url = raw.trim()
  const scp = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? null : scpForm.exec(url)
  const expanded = scp?.groups ? `ssh://${scp.groups['host'] ?? ''}/${scp.groups['path'] ?? ''}` : url
  if (!URL.canParse(expanded)) return { protocol: 'other:', host: '', path: trimPath(url) }
  const parsed = new URL(expanded)
  return { protocol: parsed.protocol, host: parsed.host.toLowerCase(), path: trimPath(parsed.pathname) }
}

function trimPath(path: string): string {
  return path.replace(/\/+$/, '').replace(/\.git$/, '')
}

/** The subject token of an image: `i-` and sixteen hexadecimal digits of the hash of its full name, without tag and digest. */
export function imageToken(name: string): string {
  return `i-${sha256(name).slice(0, 16)}`
}

/** The hexadecimal SHA-256 of a text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** How many buckets applications are spread over, for ever. */
export const bucketCount = 64

/** The bucket of an application: a hash of its uid, 0 to 63, the same for ever. */
export function bucketOf(uid: string): number {
  return parseInt(sha256(uid).slice(0, 8), 16) % bucketCount
}
