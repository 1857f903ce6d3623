import type { Message } from '@bufbuild/protobuf'
import type { GetRegistryResponse } from '@k8or/contracts/rpc/accesspoint/v1/settings'

/** What it takes to ask a registry, as AccessPoint answers it; what is empty is not needed. */
export type RegistryAccess = Omit<GetRegistryResponse, keyof Message>

/** A public registry. */
export const noRegistryAccess: RegistryAccess = {
  username: '',
  password: '',
  bearerToken: '',
  tlsCa: '',
  tlsClientCert: '',
  tlsClientKey: '',
  insecure: false,
  plainHttp: false,
}
