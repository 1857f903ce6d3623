import type { Agent } from 'node:http'
import type { Credentials } from '../../domain/ports'
import { checkAccess, type RepositoryAccess } from '../../domain/repository/access'
import { parseRemote, type Remote } from '../../domain/repository/remote'
import type { Addresses } from './addresses'
import type { SecretFiles } from './secret-files'
import type { Connections } from './smart-http/connections'
import { GitHttp, StatusError } from './smart-http/git-http'
import { authorizationOf, transportTo, type Transport } from './transport'

/** A way to a repository: its address, checked, and what it takes to get in. */
export interface Route {
  readonly remote: Remote
  readonly access: RepositoryAccess
  readonly transport: Transport
  /** For hosts that are asked without git; absent for ssh and through proxies. */
  readonly http: GitHttp | undefined
}

export interface RoutesParts {
  readonly credentials: Credentials
  readonly addresses: Addresses
  readonly files: SecretFiles
  readonly connections: Connections
}

const mostHops = 3

/** Finds ways to repositories. */
export class Routes {
  constructor(private readonly parts: RoutesParts) {}

  /** @throws RepositoryError where the address must not be reached */
  async to(declaredUrl: string, options?: { readonly fresh?: boolean; readonly write?: boolean }): Promise<Route> {
    const { credentials, addresses, files, connections } = this.parts
    const remote = parseRemote(declaredUrl)
    const [access, list] = await Promise.all([credentials.of(remote.url, options), addresses.of(remote)])
    checkAccess(remote, access)
    const isPlain = remote.protocol !== 'ssh' && access.proxy === ''
    const http = isPlain ? httpOf(remote, access, connections.to(remote, access, list)) : undefined
    return { remote, access, transport: transportTo(remote, access, list, files), http }
  }

  /** Where a host says that a repository has gone; each hop is checked like a declared address. */
  async follow(route: Route, signal: AbortSignal): Promise<Route | undefined> {
    let at = route
    for (let hop = 0; at.http && hop < mostHops; hop++) {
      const location: string | undefined = await locationOf(at.http, at.remote, signal)
      if (location === undefined) return at === route ? undefined : at
      at = await this.to(location)
    }
    return undefined
  }
}

function httpOf(remote: Remote, access: RepositoryAccess, agent: Agent): GitHttp {
  return new GitHttp({ url: remote.url, agent, authorization: authorizationOf(remote, access) })
}

async function locationOf(http: GitHttp, { url }: Remote, signal: AbortSignal): Promise<string | undefined> {
  try {
    await http.checkVersion(signal)
    return undefined
  } catch (error) {
    const location = error instanceof StatusError ? error.location : undefined
    if (location === undefined) return undefined
    const target = new URL(location, `${url}/info/refs`)
    if (!target.pathname.endsWith('/info/refs')) return undefined
    target.search = ''
    target.pathname = target.pathname.slice(0, -'/info/refs'.length)
    return target.toString()
  }
}
