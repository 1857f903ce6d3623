import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceName } from '@k8or/contracts'
import { hostNamesOf, issue, publicKeyOfRequest, spiffeIdOf, type Authority } from '@k8or/identity'

/** The mesh's certificate authority as AccessPoint has it; its key is read from disk for each signature and not kept. */
export class Signer {
  constructor(
    private readonly stateDir: string,
    readonly trustDomain: string,
  ) {}

  /** The authority's certificate, PEM. */
  get ca(): string {
    return readFileSync(join(this.stateDir, 'ca.crt'), 'utf8')
  }

  /** A certificate for the key of a request; names come from the mesh. @throws Never when it is no request */
  async sign(service: ServiceName, request: string): Promise<string> {
    return issue(this.authority(), {
      publicKey: await publicKeyOfRequest(request),
      spiffeId: spiffeIdOf(this.trustDomain, service),
      dnsNames: hostNamesOf(service),
    })
  }

  private authority(): Authority {
    const key = readFileSync(join(this.stateDir, 'ca/ca.key'), 'utf8')
    return { trustDomain: this.trustDomain, ca: this.ca, key }
  }
}
