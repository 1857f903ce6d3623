import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { refusedAddress, refusedHost } from '../../domain/repository/address'
import { RepositoryError, type Remote } from '../../domain/repository/remote'
import { GitCommandError } from './run-git'

const keptMs = 30_000

/** Looks hosts up, and refuses those that a declaration must not reach. */
export class Addresses {
  private readonly known = new Map<string, { readonly addresses: readonly string[]; readonly until: number }>()

  constructor(private readonly options: { readonly allowLoopback: boolean }) {}

  /**
   * The addresses that git may connect to.
   * @throws RepositoryError when one of them is forbidden: a name may not resolve to both
   */
  async of(remote: Remote): Promise<readonly string[]> {
    const byName = refusedHost(remote.host)
    if (byName !== undefined) throw refused(remote, byName)
    const addresses = await this.lookUp(remote.host)
    for (const address of addresses) {
      const why = refusedAddress(address, this.options)
      if (why !== undefined) throw refused(remote, why)
    }
    return addresses
  }

  private async lookUp(host: string): Promise<readonly string[]> {
    if (isIP(host)) return [host]
    const known = this.known.get(host)
    const now = performance.now()
    if (known && known.until > now) return known.addresses
    const found = await lookup(host, { all: true }).catch((error: unknown) => {
      const stderr = `fatal: could not resolve host ${host}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`
      throw new GitCommandError({ stderr }, 'fetch')
    })
    const addresses = found.map(({ address }) => address)
    this.known.set(host, { addresses, until: now + keptMs })
    return addresses
  }
}

function refused({ url, host }: Remote, why: string): RepositoryError {
  const message = `repository ${url} is refused: host ${host} can not be used, ${why}`
  return new RepositoryError({ reason: 'RepositoryAddressRefused', message, field: 'repoURL' }, false)
}
