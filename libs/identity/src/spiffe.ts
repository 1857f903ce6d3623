import { services, type ServiceName } from '@k8or/contracts'

/** The name that a service has on every connection. */
export function spiffeIdOf(trustDomain: string, service: ServiceName): string {
  return `spiffe://${trustDomain}/svc/${service}`
}

/** The service that a SPIFFE id names, whatever its trust domain; undefined for anybody else. */
export function serviceOf(spiffeId: string): ServiceName | undefined {
  const [, name] = /^spiffe:\/\/[^/]+\/svc\/([a-z]+)$/.exec(spiffeId) ?? []
  return services.find((service) => service === name)
}

/** The trust domain of a SPIFFE id. */
export function trustDomainOf(spiffeId: string): string {
  return /^spiffe:\/\/([^/]+)\//.exec(spiffeId)?.[1] ?? ''
}

/**
 * The SPIFFE id in the text form of a certificate's alternative names (`DNS:localhost, URI:spiffe://…`).
 * A certificate with none or with several has no id.
 */
export function spiffeIdIn(subjectAltName: string | undefined): string | undefined {
  const uris = (subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'))
  const [uri] = uris
  return uris.length === 1 && uri?.startsWith('URI:spiffe://') ? uri.slice('URI:'.length) : undefined
}

/** The host names under which a service is reached besides its SPIFFE id: webhooks and people check those. */
export function hostNamesOf(service: ServiceName): readonly string[] {
  return ['localhost', service, `${service}.k8or.svc`]
}
