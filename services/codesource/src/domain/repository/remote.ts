import { withoutPassword, type Problem } from '@k8or/contracts'

/** A repository's address, taken apart and found harmless in form. */
export interface Remote {
  readonly protocol: 'http' | 'https' | 'ssh'
  /** What git is given: as declared, without credentials. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
}

/** A repository can not be read; `isTransient` says that it may be only for now. */
export class RepositoryError extends Error {
  constructor(
    readonly problem: Problem,
    readonly isTransient: boolean,
    options?: ErrorOptions,
  ) {
    super(problem.message, options)
    this.name = 'RepositoryError'
  }
}

const ports = { http: 80, https: 443, ssh: 22 } as const
const scpForm = /^(?:(?<user>[\w.-]+)@)?(?<host>[A-Za-z0-9][\w.-]*):(?<path>(?!\/\/)[^\s]+)$/
const control = /[\p{Cc}\s]/u

/**
 * Reads a declared URL. Only what git fetches over http, https and ssh passes: no local path, no remote helper, nothing
 * that git or ssh could take for an option.
 * @throws RepositoryError
 */
export function parseRemote(declared: string): Remote {
  const url = declared.trim()
  if (url === '' || url.startsWith('-') || control.test(url)) throw invalid(declared, 'it is not a URL')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return parseUrl(declared, url)
  const scp = scpForm.exec(url)?.groups
  if (!scp) throw invalid(declared, 'it is neither http://, https://, ssh:// nor user@host:path')
  if (scp['path']?.startsWith('-') || scp['path']?.startsWith(':')) throw invalid(declared, 'its path is not one')
  const { user = '', host = '' } = scp
  return { protocol: 'ssh', url, host: host.toLowerCase(), port: ports.ssh, username: user, password: '' }
}

function parseUrl(declared: string, url: string): Remote {
  if (!URL.canParse(url)) throw invalid(declared, 'it is not a URL')
  const parsed = new URL(url)
  const protocol = parsed.protocol.slice(0, -1)
  if (protocol !== 'http' && protocol !== 'https' && protocol !== 'ssh')
    throw invalid(declared, `protocol ${protocol} is not allowed: use https or ssh`)
  const host = parsed.hostname.toLowerCase().replace(/^\[|\]$/g, '')
  if (host === '' || host.startsWith('-')) throw invalid(declared, 'it names no host')
  const [username, password] = [parsed.username, parsed.password].map(decoded)
  if (username === undefined || password === undefined)
    throw invalid(declared, 'its user or password is wrongly encoded: write % as %25')
  if (username.startsWith('-')) throw invalid(declared, 'its user is not one')
  parsed.password = ''
  if (protocol !== 'ssh') parsed.username = ''
  const port = parsed.port === '' ? ports[protocol] : Number(parsed.port)
  return { protocol, url: parsed.toString(), host, port, username, password }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function invalid(declared: string, why: string): RepositoryError {
  const message = `repository URL ${withoutPassword(declared)} can not be used: ${why}`
  return new RepositoryError({ reason: 'RepositoryUrlInvalid', message, field: 'repoURL' }, false)
}
