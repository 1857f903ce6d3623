/** What it takes to ask a registry; what is absent is not needed. */
export interface RegistryAccess {
  readonly username: string
  readonly password: string
  /** Shown as it is. */
  readonly bearerToken: string
  /** PEM of further authorities. */
  readonly tlsCa: string
  readonly tlsClientCert: string
  readonly tlsClientKey: string
  /** Certificates are not checked, and plain HTTP will do. */
  readonly insecure: boolean
  readonly plainHttp: boolean
}

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
