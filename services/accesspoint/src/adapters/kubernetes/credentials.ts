import { sha256 } from '@k8or/contracts'

/** How AccessPoint proves itself to one cluster. Never leaves this folder. */
export interface ClusterCredentials {
  /** `https://host:port`, perhaps with a path. */
  readonly server: string
  readonly tls: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly servername?: string
    readonly rejectUnauthorized: boolean
  }
  /** The present value of `Authorization`; undefined where a client certificate does it. */
  readonly authorization: () => Promise<string | undefined>
  /** Equal digests need no new connections. */
  readonly digest: string
}

/** The digest of credentials whose `Authorization` does not change. */
export function digestOf(...parts: unknown[]): string {
  return sha256(JSON.stringify(parts))
}
