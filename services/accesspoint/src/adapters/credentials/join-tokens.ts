import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { services, type ServiceName } from '@k8or/contracts'

/** Knows tokens that no file holds. */
export interface FurtherTokens {
  ownerOf(token: string, signal: AbortSignal): Promise<ServiceName | undefined>
}

/** The tokens by which services join: one-time tokens that bootstrap made, a file for each, and in a cluster those of their pods. */
export class JoinTokens {
  /** Used tokens of this process: the same request again, of a caller that missed the answer, gets one again. */
  private readonly used = new Map<string, { readonly service: ServiceName; readonly publicKey: string }>()

  constructor(
    private readonly dir: string,
    private readonly further?: FurtherTokens,
  ) {}

  /** The service that a token is for, when it is shown with a key. */
  async ownerOf(token: string, publicKey: string, signal: AbortSignal): Promise<ServiceName | 'unknown'> {
    const again = this.used.get(digest(token).toString('hex'))
    if (again) return again.publicKey === publicKey ? again.service : 'unknown'
    const kept = services.find((service) => this.isTokenOf(service, token))
    return kept ?? (await this.further?.ownerOf(token, signal)) ?? 'unknown'
  }

  /** The token was used: it is worth nothing from now on. */
  use(token: string, service: ServiceName, publicKey: string): void {
    this.used.set(digest(token).toString('hex'), { service, publicKey })
    rmSync(this.pathOf(service), { force: true })
  }

  private isTokenOf(service: ServiceName, shown: string): boolean {
    const known = this.read(service)
    return known !== '' && timingSafeEqual(digest(known), digest(shown))
  }

  private read(service: ServiceName): string {
    try {
      return readFileSync(this.pathOf(service), 'utf8').trim()
    } catch {
      return ''
    }
  }

  private pathOf(service: ServiceName): string {
    return join(this.dir, `${service}.token`)
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
