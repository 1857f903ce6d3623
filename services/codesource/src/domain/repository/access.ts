/** What it takes to read a repository; what is absent is not needed. */
export interface RepositoryAccess {
  readonly username: string
  readonly password: string
  readonly bearerToken: string
  readonly sshPrivateKey: string
  /** Lines in the form of ssh's known_hosts. */
  readonly knownHosts: string
  /** PEM of further authorities. */
  readonly tlsCa: string
  readonly tlsClientCert: string
  readonly tlsClientKey: string
  readonly insecure: boolean
  readonly insecureIgnoreHostKey: boolean
  readonly proxy: string
  readonly noProxy: string
}

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
