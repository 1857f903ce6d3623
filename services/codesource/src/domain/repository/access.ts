import type { Message } from '@bufbuild/protobuf'
import type { GetRepositoryResponse } from '@k8or/contracts/rpc/accesspoint/v1/settings'

/** What it takes to read a repository, as AccessPoint answers it; what is empty is not needed. */
export type RepositoryAccess = Omit<GetRepositoryResponse, keyof Message>

/** A public repository. */
export const noAccess: RepositoryAccess = {
  username: '',
  password: '',
  bearerToken: '',
  sshPrivateKey: '',
  knownHosts: '',
  tlsCa: '',
  tlsClientCert: '',
  tlsClientKey: '',
  insecure: false,
  insecureIgnoreHostKey: false,
  proxy: '',
  noProxy: '',
}
