import { X509Certificate } from 'node:crypto'
import type { ServiceName } from '@k8or/contracts'
import { validityOf, type CertificateFiles } from './certificate-files'
import type { Identity } from './identity'
import { spiffeIdIn, serviceOf } from './spiffe'

/** Where the identity tells of its renewals; a pino logger fits. */
export interface IdentityLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** An identity that is renewed while its process runs. */
export interface RenewingIdentity extends Identity {
  /** Asks for a new certificate now. */
  renew(): Promise<void>
  /** Ends the renewals. */
  stop(): void
}

interface Renewal {
  readonly ca: string
  readonly files: CertificateFiles
  /** Answers a new certificate for the key that is there; PEM. */
  readonly sign: () => Promise<string>
  readonly log?: IdentityLog
}

const longestTimer = 2 ** 31 - 1
const retryMs = 30_000

/** Keeps the certificate of a folder fresh: asks for a new one after two thirds of its life, with some jitter. */
export function renewingIdentity(certificate: string, renewal: Renewal): RenewingIdentity {
  return new FileIdentity(certificate, renewal)
}

class FileIdentity implements RenewingIdentity {
  readonly service: ServiceName
  readonly spiffeId: string
  readonly ca: string
  readonly #listeners = new Set<() => void>()
  readonly #key: string
  #timer: NodeJS.Timeout | undefined

  constructor(
    private certificate: string,
    private readonly renewal: Renewal,
  ) {
    this.ca = renewal.ca
    this.spiffeId = spiffeIdIn(new X509Certificate(certificate).subjectAltName) ?? ''
    this.service = requireService(this.spiffeId, renewal.files.dir)
    this.#key = renewal.files.key()
    this.schedule(renewalDelay(certificate, Date.now(), Math.random()))
  }

  current(): { readonly cert: string; readonly key: string } {
    return { cert: this.certificate, key: this.#key }
  }

  onRenewal(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async renew(): Promise<void> {
    const certificate = await this.renewal.sign()
    this.renewal.files.store(certificate)
    this.certificate = certificate
    this.renewal.log?.info({ until: validityOf(certificate).until }, 'certificate renewed')
    for (const listener of this.#listeners) listener()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  private schedule(delayMs: number): void {
    this.#timer = setTimeout(() => void this.renewOnTime(), Math.min(delayMs, longestTimer))
    this.#timer.unref()
  }

  private async renewOnTime(): Promise<void> {
    const error = await this.renew().catch((reason: unknown) => reason)
    if (this.#timer === undefined) return
    if (error === undefined) {
      this.schedule(renewalDelay(this.certificate, Date.now(), Math.random()))
      return
    }
    this.renewal.log?.warn(
      { err: error, until: validityOf(this.certificate).until },
      'certificate not renewed, trying again',
    )
    this.schedule(retryMs)
  }
}

/** Milliseconds until a certificate should be renewed: at two thirds of its life, up to a tenth of it earlier. */
export function renewalDelay(certificate: string, now: number, chance: number): number {
  const { from, until } = validityOf(certificate)
  const life = until.getTime() - from.getTime()
  return Math.max(0, from.getTime() + life * (2 / 3 - chance / 10) - now)
}

function requireService(spiffeId: string, dir: string): ServiceName {
  const service = serviceOf(spiffeId)
  if (!service) throw new Error(`the certificate in ${dir} names no service of the mesh; remove it and join again`)
  return service
}
