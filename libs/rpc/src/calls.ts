import type { DescService } from '@bufbuild/protobuf'
import type { Client, ConnectRouter } from '@connectrpc/connect'
import type { ServiceName } from '@k8or/contracts'

/** Clients of other services' calls, under this service's identity; every call has a deadline (default 10 s). */
export interface Calls {
  /** The client throws `Later` where trying again may help, else the error that the service threw. */
  to<Service extends DescService>(owner: ServiceName, service: Service): Client<Service>
  /**
   * Passes a person's call on as it came, over the network or inside the process; whatever the owner answers is returned.
   * @throws Later when the owner can not be reached
   */
  forward(owner: ServiceName, call: ForwardedCall): Promise<ForwardedAnswer>
}

/** A unary call in Connect's form (JSON or binary, by POST) that is passed on for somebody outside the mesh. */
export interface ForwardedCall {
  /** `/k8or.<owner>.v1.<Service>/<Method>` */
  readonly path: string
  /** `content-type`, `connect-timeout-ms` and the like. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Whom it is made for, such as `user:admin`; the owner sees it beside the peer. */
  readonly actor: string
  readonly signal: AbortSignal
}

/** What the owner of a forwarded call answers, errors in Connect's form included. */
export interface ForwardedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The calls that a service answers, for a server or for the other services of the same process. */
export type CallRoutes = (router: ConnectRouter) => void
