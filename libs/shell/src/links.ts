import type { Gate } from '@k8or/cluster-client'
import type { ServiceName } from '@k8or/contracts'
import type { Identity } from '@k8or/identity'
import type { Bus } from '@k8or/jetstream'
import type { CallRoutes, Calls } from '@k8or/rpc'

/** Everything that joins a service to the rest of the mesh: over the network, or inside one process (standalone). */
export interface Links {
  readonly identity: Identity
  readonly bus: Bus
  /** Calls to other services. */
  readonly calls: Calls
  /** The road to the clusters. AccessPoint has none: it is the gate. */
  readonly gate: Gate
  /** Takes the calls that this service answers. Standalone: registers them for the others. */
  serve(service: ServiceName, routes: CallRoutes): Promise<void>
  /** No longer takes calls; what runs may finish. Absent where they end with the process. */
  withdraw?(service: ServiceName): Promise<void>
}
