import type { DescService } from '@bufbuild/protobuf'
import type { Client, ConnectRouter } from '@connectrpc/connect'
import type { ServiceName } from '@k8or/contracts'

/** Clients of other services' calls, under this service's identity; every call has a deadline (default 10 s). */
export interface Calls {
  to<Service extends DescService>(owner: ServiceName, service: Service): Client<Service>
}

/** The calls that a service answers, for a server or for the other services of the same process. */
export type CallRoutes = (router: ConnectRouter) => void
