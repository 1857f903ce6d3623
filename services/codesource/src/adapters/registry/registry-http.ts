import { isIP } from 'node:net'
import type { RegistryAccess } from '../../domain/image/access'
import type { ImageAddress } from '../../domain/image/registry-address'
import { RegistryError } from '../../domain/image/registry-error'
import { noAccess } from '../../domain/repository/access'
import { refusedAddress } from '../../domain/repository/address'
import { HostRefusedError, type Addresses } from '../git/addresses'
import type { Connections } from '../git/smart-http/connections'
import { readChallenge, readRetryAfter, type Challenge } from './challenge'
import { exchange, ReplyTooLargeError, type Question, type Reply } from './exchange'
import { readToken, type Token } from './token'

const deadlineMs = 10_000
const longestWaitMs = 600_000
const mostRedirects = 3
const tokenBytes = 256 << 10
const keptTokens = 2_000

export interface RegistryHttpParts {
  readonly addresses: Addresses
  readonly connections: Connections
  readonly clock: () => Date
}

/** What is asked of a registry about one image. */
export interface RegistryQuestion {
  readonly at: ImageAddress
  readonly access: RegistryAccess
  readonly method: 'GET' | 'HEAD'
  /** Below `/v2/<path>/`. */
  readonly what: string
  readonly accept: string
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** Speaks with registries: addresses that were checked, connections that stay open, tokens that are kept while they count. */
export class RegistryHttp {
  private readonly schemes = new Map<string, 'http:' | 'https:'>()
  private readonly tokens = new Map<string, Token>()
  /** Registries that want to be left alone for a while. */
  private readonly closedUntil = new Map<string, number>()

  constructor(private readonly parts: RegistryHttpParts) {}

  /** @throws RegistryError; an answer of 404 is one */
  async ask(question: RegistryQuestion): Promise<Reply> {
    this.checkOpen(question.at)
    const first = await this.send(question, this.authorization(question))
    const reply = first.status === 401 ? await this.sendAuthorized(question, first) : first
    if (reply.status === 200 || reply.status === 404) return reply
    throw this.problem(question.at, reply)
  }

  private checkOpen({ registry }: ImageAddress): void {
    const left = (this.closedUntil.get(registry) ?? 0) - performance.now()
    if (left <= 0) return void this.closedUntil.delete(registry)
    throw new RegistryError(
      `registry ${registry} wants to be asked again in ${Math.ceil(left / 1_000)} s`,
      'busy',
      left,
    )
  }

  private problem({ registry, image }: ImageAddress, { status, headers }: Reply): RegistryError {
    if (status === 429 || (status === 503 && headers['retry-after'] !== undefined)) {
      const wait = readRetryAfter(headers['retry-after'], this.parts.clock(), longestWaitMs)
      this.closedUntil.set(registry, performance.now() + wait)
      const message = `registry ${registry} takes no more questions for now (${status}): it wants to be asked again in ${Math.ceil(wait / 1_000)} s`
      return new RegistryError(message, 'busy', wait)
    }
    if (status === 401 || status === 403) {
      const hint =
        'check the credentials in a Secret labelled argocd.argoproj.io/secret-type=repository with url oci://'
      return new RegistryError(
        `access to image ${image} was refused by its registry (${status}): ${hint}${registry}`,
        'refused',
      )
    }
    return new RegistryError(
      `registry ${registry} can not be asked for ${image}: it answers with status ${status}`,
      'unreachable',
    )
  }

  private authorization(question: RegistryQuestion): string | undefined {
    const { bearerToken } = question.access
    if (bearerToken !== '') return `Bearer ${bearerToken}`
    const known = this.tokens.get(keyOf(question))
    return known && known.until > performance.now() ? known.authorization : undefined
  }

  private async sendAuthorized(question: RegistryQuestion, refused: Reply): Promise<Reply> {
    const challenge = readChallenge(refused.headers['www-authenticate'])
    if (!challenge || question.access.bearerToken !== '') return refused
    const token = await this.authorize(question, challenge)
    if (!token) return refused
    if (this.tokens.size >= keptTokens) this.tokens.clear()
    this.tokens.set(keyOf(question), token)
    return this.send(question, token.authorization)
  }

  private async authorize(question: RegistryQuestion, challenge: Challenge): Promise<Token | undefined> {
    const { access, at, signal } = question
    const basic = basicOf(access)
    if (challenge.scheme === 'basic')
      return basic === undefined ? undefined : { authorization: basic, until: performance.now() + longestWaitMs }
    const url = new URL(challenge.realm)
    if (url.protocol !== 'https:' && this.schemes.get(at.registry) !== 'http:')
      throw new RegistryError(
        `registry ${at.registry} hands out its tokens without encryption, at ${url.origin}`,
        'refused',
      )
    if (challenge.service !== '') url.searchParams.set('service', challenge.service)
    url.searchParams.set('scope', challenge.scope === '' ? `repository:${at.path}:pull` : challenge.scope)
    const headers = { accept: 'application/json', ...(basic === undefined ? {} : { authorization: basic }) }
    const reply = await this.at(url, { method: 'GET', headers, maxBytes: tokenBytes, signal }, question)
    if (reply.status !== 200) throw this.problem(at, reply)
    return readToken(at.registry, reply.body)
  }

  /** By HTTPS; by plain HTTP only where that is declared, or on a loopback that was let through. */
  private async send(question: RegistryQuestion, authorization: string | undefined): Promise<Reply> {
    const { at, access, what, accept } = question
    const known = this.schemes.get(at.registry)
    const schemes = known ? [known] : await this.schemesOf(at, access)
    const headers = { accept, ...(authorization === undefined ? {} : { authorization }) }
    for (const [index, scheme] of schemes.entries()) {
      try {
        const url = new URL(`${scheme}//${hostOf(at)}/v2/${at.path}/${what}`)
        const reply = await this.at(url, { ...question, headers }, question)
        this.schemes.set(at.registry, scheme)
        return reply
      } catch (error) {
        const isLast = index === schemes.length - 1
        if (isLast || !(error instanceof RegistryError) || error.reason !== 'unreachable') throw error
      }
    }
    throw new RegistryError(`registry ${at.registry} can not be reached`, 'unreachable')
  }

  private async schemesOf(
    { host }: ImageAddress,
    { insecure, plainHttp }: RegistryAccess,
  ): Promise<('http:' | 'https:')[]> {
    if (plainHttp) return ['http:']
    const addresses = await this.addressesOf(host)
    const isLoopback = addresses.every((address) =>
      refusedAddress(address, { allowLoopback: false })?.includes('loopback'),
    )
    return insecure || isLoopback ? ['https:', 'http:'] : ['https:']
  }

  /** Asks one address, and follows where it leads; credentials do not go along to another host. */
  private async at(
    start: URL,
    ask: Pick<Question, 'method' | 'headers' | 'maxBytes' | 'signal'>,
    { at, access }: RegistryQuestion,
  ): Promise<Reply> {
    let url = start
    let { headers } = ask
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const agent = await this.agentTo(url, access)
      const { method, maxBytes, signal } = ask
      const reply = await exchange({ url, method, headers, agent, maxBytes, signal, deadlineMs }).catch(
        (error: unknown) => {
          signal.throwIfAborted()
          throw unreachable(at.registry, error)
        },
      )
      const { location } = reply.headers
      if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) return reply
      const next = new URL(location, url)
      if (next.protocol !== 'https:' && next.protocol !== url.protocol)
        throw new RegistryError(`registry ${at.registry} leads to ${next.origin}, which is not encrypted`, 'refused')
      if (next.host !== url.host) headers = withoutAuthorization(headers)
      url = next
    }
    throw new RegistryError(`registry ${at.registry} leads from address to address without end`, 'unreachable')
  }

  private async agentTo(url: URL, access: RegistryAccess) {
    const protocol = url.protocol === 'https:' ? ('https' as const) : ('http' as const)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port)
    const remote = { protocol, url: url.origin, host, port, username: '', password: '' }
    return this.parts.connections.to(remote, { ...noAccess, ...access }, await this.addressesOf(host))
  }

  private async addressesOf(host: string): Promise<readonly string[]> {
    try {
      return await this.parts.addresses.at(host)
    } catch (error) {
      if (error instanceof HostRefusedError)
        throw new RegistryError(`registry ${host} is refused: ${error.message}`, 'invalid', undefined, { cause: error })
      throw unreachable(host, error)
    }
  }
}

function unreachable(registry: string, error: unknown): RegistryError {
  const { name, message, code } = error as Error & { code?: string }
  const why = name === 'TimeoutError' ? 'it did not answer in time' : message || code || name
  const reason = error instanceof ReplyTooLargeError ? 'untrue' : 'unreachable'
  return new RegistryError(`registry ${registry} can not be asked: ${why}`, reason, undefined, { cause: error })
}

function hostOf({ host, port }: ImageAddress): string {
  const name = isIP(host) === 6 ? `[${host}]` : host
  return port === undefined ? name : `${name}:${port}`
}

function keyOf({ at, access }: RegistryQuestion): string {
  return [at.registry, at.path, access.username, access.password].join('\n')
}

function basicOf({ username, password }: RegistryAccess): string | undefined {
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function withoutAuthorization({ authorization: _, ...headers }: Readonly<Record<string, string>>) {
  return headers
}
