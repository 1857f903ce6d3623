import type { ServiceName } from '@k8or/contracts'

/** Who a service is on every connection: its certificate, its key, and the authority that it trusts. All PEM. */
export interface Identity {
  readonly service: ServiceName
  /** `spiffe://<trust domain>/svc/<service>` */
  readonly spiffeId: string
  readonly ca: string
  /** The present certificate and key; read them at each connection, they are renewed. */
  current(): { readonly cert: string; readonly key: string }
  /** Called after each renewal. Returns a function that ends it. */
  onRenewal(listener: () => void): () => void
}
