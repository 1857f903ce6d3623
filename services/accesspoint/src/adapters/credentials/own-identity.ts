import { join } from 'node:path'
import { obtainIdentity, type IdentityLog, type RenewingIdentity } from '@k8or/identity'
import { Signer } from './signer'

/** Where AccessPoint's own certificate is. */
export interface OwnIdentityOptions {
  readonly stateDir: string
  readonly trustDomain: string
}

/** The identity of AccessPoint itself: bootstrap made it, AccessPoint renews it, being the authority. */
export function ownIdentity(
  { stateDir, trustDomain }: OwnIdentityOptions,
  log?: IdentityLog,
): Promise<RenewingIdentity> {
  const signer = new Signer(stateDir, trustDomain)
  return obtainIdentity({
    dir: join(stateDir, 'accesspoint'),
    ca: signer.ca,
    sign: (request) => signer.sign('accesspoint', request),
    ...(log ? { log } : {}),
  })
}
