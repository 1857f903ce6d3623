import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { services, type ServiceName } from '@k8or/contracts'

/** The one-time tokens that bootstrap made, a file for each service. */
export class JoinTokens {
  /** Used tokens of this process: the same request again, of a caller that missed the answer, gets one again. */
  private readonly used = new Map<string, { readonly service: ServiceName; readonly publicKey: string }>()

  constructor(private readonly dir: string) {}

  /** The service that a token is for, when it is shown with a key. */
  ownerOf(token: string, publicKey: string): ServiceName | 'unknown' {
    const again = this.used.get(digest(token).toString('hex'))
    if (again) return again.publicKey === publicKey ? again.service : 'unknown'
    return services.find((service) => this.isTokenOf(service, token)) ?? 'unknown'
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
