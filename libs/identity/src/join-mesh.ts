import type { ServiceName } from '@k8or/contracts'
import { Never } from '@k8or/outcome'
import { obtainIdentity } from './file-identity'
import type { IdentityLog, RenewingIdentity } from './renewing-identity'
import { callSign } from './sign-call'
import { clientTls, joinTls } from './tls'

/** How a service joins the mesh. */
export interface JoinOptions {
  readonly accessPointUrl: string
  readonly trustDomain: string
  /** PEM; pinned: nobody else is trusted to be AccessPoint. */
  readonly ca: string
  readonly service: ServiceName
  /** Where certificate and key are kept. */
  readonly dir: string
  /** Reads the one-time token; asked for only when there is no good certificate. */
  readonly token: () => string | undefined
  readonly log?: IdentityLog
}

/**
 * The identity of a service: the one that it has, or a new one for its one-time token. It renews itself over mutual TLS.
 * @throws Later while AccessPoint can not be reached, Never when it refuses
 */
export async function joinMesh(options: JoinOptions): Promise<RenewingIdentity> {
  const { accessPointUrl, ca, trustDomain, service, dir, log } = options
  const joined: { identity?: RenewingIdentity } = {}
  const sign = (csr: string): Promise<string> =>
    joined.identity
      ? callSign(accessPointUrl, clientTls(joined.identity, 'accesspoint'), { service, csr })
      : callSign(accessPointUrl, joinTls(ca, trustDomain), { service, csr, token: requireToken(options) })
  const identity = await obtainIdentity({ dir, ca, sign, ...(log ? { log } : {}) })
  if (identity.service !== service)
    throw new Never(`the certificate in ${dir} is ${identity.service}'s, not ${service}'s`)
  joined.identity = identity
  return identity
}

function requireToken({ token, service }: JoinOptions): string {
  const found = token()
  if (found === undefined) throw new Never(`${service} has neither a certificate nor a token; run k8or bootstrap --pki`)
  return found
}
