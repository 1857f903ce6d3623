import { createKey, createRequest, issue, publicKeyOfRequest } from '@k8or/identity'
import { provisionBus, provisionerId } from '@k8or/jetstream'
import type { BootstrapConfig } from './config'
import { openAuthority } from './pki'

const anHour = 3_600_000

/** Makes every stream, durable and bucket that the contracts name; the provisioner's certificate lives for an hour. */
export async function bootstrapBus(
  { stateDir, natsUrl, trustDomain }: Pick<BootstrapConfig, 'stateDir' | 'natsUrl' | 'trustDomain'>,
  options: { readonly onlyMissing?: boolean } = {},
): Promise<void> {
  const authority = await openAuthority(stateDir, trustDomain)
  const key = createKey()
  const publicKey = await publicKeyOfRequest(await createRequest(key))
  const cert = await issue(authority, { spiffeId: provisionerId(trustDomain), publicKey, validForMs: anHour })
  await provisionBus({ url: natsUrl, tls: { ca: authority.ca, cert, key }, ...options })
}
