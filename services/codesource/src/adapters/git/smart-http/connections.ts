import { createHash } from 'node:crypto'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { RepositoryAccess } from '../../../domain/repository/access'
import type { Remote } from '../../../domain/repository/remote'

const most = 64

/** Connections that stay open between fetches: to begin anew costs more than to ask. */
export class Connections {
  private readonly agents = new Map<string, HttpAgent>()

  /** The connections to a host, at the addresses that were checked. */
  to(remote: Remote, access: RepositoryAccess, addresses: readonly string[]): HttpAgent {
    const { protocol, host, port } = remote
    const { insecure, tlsCa, tlsClientCert, tlsClientKey } = access
    const key = digest([protocol, host, port, addresses, insecure, tlsCa, tlsClientCert, tlsClientKey])
    const agent = this.agents.get(key) ?? newAgent(remote, access, addresses)
    this.agents.delete(key)
    this.agents.set(key, agent)
    this.dropOldest()
    return agent
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy()
    this.agents.clear()
  }

  private dropOldest(): void {
    const [oldest] = this.agents
    if (!oldest || this.agents.size <= most) return
    this.agents.delete(oldest[0])
    oldest[1].destroy()
  }
}

function newAgent({ protocol }: Remote, access: RepositoryAccess, addresses: readonly string[]): HttpAgent {
  const options = { keepAlive: true, maxSockets: 8, maxFreeSockets: 2, timeout: 60_000, lookup: only(addresses) }
  if (protocol === 'http') return new HttpAgent(options)
  const { insecure, tlsCa, tlsClientCert, tlsClientKey } = access
  return new HttpsAgent({
    ...options,
    rejectUnauthorized: !insecure,
    ...(tlsCa === '' ? {} : { ca: [...rootCertificates, tlsCa] }),
    ...(tlsClientCert === '' ? {} : { cert: tlsClientCert, key: tlsClientKey }),
  })
}

/** Whatever the name resolves to by now: these addresses were checked. */
function only(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, answer) => {
    const [first] = all
    if (options.all) answer(null, all)
    else answer(null, first?.address ?? '', first?.family ?? 4)
  }
}

function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
