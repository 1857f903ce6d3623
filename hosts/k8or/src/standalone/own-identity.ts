import type { ServiceName } from '@k8or/contracts'
import {
  hostNamesOf,
  issue,
  obtainIdentity,
  publicKeyOfRequest,
  spiffeIdOf,
  type RenewingIdentity,
} from '@k8or/identity'
import { identityDir, type ShellConfig } from '@k8or/shell'
import type { Logger } from '@k8or/telemetry'
import { openAuthority } from '../bootstrap/pki'

/** The identity of a service in a process that holds the authority's key itself: AccessPoint's, and standalone's. */
export async function ownIdentity(name: ServiceName, config: ShellConfig, log: Logger): Promise<RenewingIdentity> {
  const { stateDir, trustDomain } = config
  const authority = await openAuthority(stateDir, trustDomain)
  const sign = async (request: string) =>
    issue(authority, {
      spiffeId: spiffeIdOf(trustDomain, name),
      dnsNames: hostNamesOf(name),
      publicKey: await publicKeyOfRequest(request),
    })
  return obtainIdentity({ dir: identityDir(stateDir, name), ca: authority.ca, sign, log })
}
