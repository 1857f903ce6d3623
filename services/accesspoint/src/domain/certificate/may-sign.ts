import { services, type ServiceName } from '@k8or/contracts'

/** What a service shows when it asks for a certificate. */
export interface SigningRequest {
  readonly service: string
  /** The service that the join token was made for; undefined when there is no token, `unknown` when nobody knows it. */
  readonly tokenOf: ServiceName | 'unknown' | undefined
  /** The service whose certificate the connection has. */
  readonly callerService: ServiceName | undefined
}

/** Whether a certificate is signed. */
export type SigningVerdict =
  | { readonly allowed: true; readonly service: ServiceName; readonly by: 'token' | 'certificate' }
  | { readonly allowed: false; readonly kind: 'unauthenticated' | 'denied' | 'invalid'; readonly reason: string }

/** Who may get which certificate: a service its own, by its one-time token or by the certificate that it has. */
export function judgeSigning({ service, tokenOf, callerService }: SigningRequest): SigningVerdict {
  const known = services.find((name) => name === service)
  if (!known) return { allowed: false, kind: 'invalid', reason: `there is no service ${service.slice(0, 40)}` }
  if (tokenOf === 'unknown')
    return refusal(
      'unauthenticated',
      'the join token is unknown, used or expired: make a new one with k8or bootstrap, or a new pod',
    )
  const shown = tokenOf ?? callerService
  if (shown === undefined)
    return refusal('unauthenticated', `${service} shows neither a join token nor a certificate of the mesh`)
  if (shown !== known) return refusal('denied', `what is shown belongs to ${shown}, not to ${service}`)
  return { allowed: true, service: known, by: tokenOf === undefined ? 'certificate' : 'token' }
}

function refusal(kind: 'unauthenticated' | 'denied', reason: string): SigningVerdict {
  return { allowed: false, kind, reason }
}
