import type { ServiceName } from '@k8or/contracts'
import type { ConnectionOptions, PeerCertificate, TlsOptions } from 'node:tls'
import type { Identity } from './identity'
import { spiffeIdIn, spiffeIdOf, trustDomainOf } from './spiffe'

/** TLS options of a server that knows its callers by certificate; a wrong certificate never gets in. */
export function serverTls(identity: Identity): TlsOptions {
  return { ...now(identity), requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' }
}

/** TLS options of a client that talks to one service of the mesh, and to nobody who is not that service. */
export function clientTls(identity: Identity, expected: ServiceName): ConnectionOptions {
  const spiffeId = spiffeIdOf(trustDomainOf(identity.spiffeId), expected)
  return { ...now(identity), minVersion: 'TLSv1.3', checkServerIdentity: (_host, peer) => checkPeer(peer, spiffeId) }
}

/** TLS options of somebody who has no certificate yet, and asks AccessPoint for one. */
export function joinTls(ca: string, trustDomain: string): ConnectionOptions {
  const spiffeId = spiffeIdOf(trustDomain, 'accesspoint')
  return { ca, minVersion: 'TLSv1.3', checkServerIdentity: (_host, peer) => checkPeer(peer, spiffeId) }
}

function now(identity: Identity): { ca: string; cert: string; key: string } {
  return { ca: identity.ca, ...identity.current() }
}

function checkPeer(peer: PeerCertificate, expected: string): Error | undefined {
  const found = spiffeIdIn(peer.subjectaltname)
  return found === expected
    ? undefined
    : new Error(`expected ${expected}, but ${found ?? 'somebody without a SPIFFE id'} answers`)
}
