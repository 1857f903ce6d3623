import { unlessAborted } from '@k8or/shell'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { refusedAddress, refusedHost } from '../../domain/repository/address'
import { RepositoryError, type Remote } from '../../domain/repository/remote'
import { GitCommandError } from './run-git'

const keptMs = 30_000
/** A resolver may be asked for several names, and another one after it. */
const deadlineMs = 30_000

/** A host that a declaration must not reach; the message says why. */
export class HostRefusedError extends Error {
  constructor(host: string, why: string) {
    super(`host ${host} can not be used, ${why}`)
    this.name = 'HostRefusedError'
  }
}

/** Nobody knows where a host is. */
class HostUnknownError extends Error {
  constructor(host: string, why: string) {
    super(`could not resolve host ${host}: ${why}`)
    this.name = 'HostUnknownError'
  }
}

/** Looks hosts up, and refuses those that a declaration must not reach. */
export class Addresses {
  private readonly known = new Map<string, { readonly addresses: readonly string[]; readonly until: number }>()

  /** What is being asked for: to ask once more would take another of the few threads that files are read by, too. */
  private readonly asked = new Map<string, Promise<readonly string[]>>()

  constructor(private readonly options: { readonly allowLoopback: boolean }) {}

  /**
   * The addresses that git may connect to.
   * @throws RepositoryError when one of them is forbidden
   */
  async of({ url, host }: Remote): Promise<readonly string[]> {
    try {
      return await this.at(host)
    } catch (error) {
      if (error instanceof HostUnknownError) throw new GitCommandError({ stderr: `fatal: ${error.message}` }, 'fetch')
      if (!(error instanceof HostRefusedError)) throw error
      const message = `repository ${url} is refused: ${error.message}`
      throw new RepositoryError({ reason: 'RepositoryAddressRefused', message, field: 'repoURL' }, false)
    }
  }

  /**
   * The addresses of a host that may be connected to.
   * @throws HostRefusedError when one of them is forbidden: a name may not resolve to both
   */
  async at(host: string): Promise<readonly string[]> {
    const byName = refusedHost(host)
    if (byName !== undefined) throw new HostRefusedError(host, byName)
    const addresses = await this.lookUp(host)
    for (const address of addresses) {
      const why = refusedAddress(address, this.options)
      if (why !== undefined) throw new HostRefusedError(host, why)
    }
    return addresses
  }

  private async lookUp(host: string): Promise<readonly string[]> {
    if (isIP(host)) return [host]
    const known = this.known.get(host)
    if (known && known.until > performance.now()) return known.addresses
    const asked = this.asked.get(host) ?? this.ask(host)
    this.asked.set(host, asked)
    return unlessAborted(asked, AbortSignal.timeout(deadlineMs)).catch((error: unknown) => {
      const { name, code = 'unknown' } = error as NodeJS.ErrnoException
      throw new HostUnknownError(host, name === 'TimeoutError' ? 'the resolver does not answer' : code)
    })
  }

  private async ask(host: string): Promise<readonly string[]> {
    try {
      const addresses = (await lookup(host, { all: true })).map(({ address }) => address)
      this.known.set(host, { addresses, until: performance.now() + keptMs })
      return addresses
    } finally {
      this.asked.delete(host)
    }
  }
}
