import type { ServiceName } from '@k8or/contracts'
import type { GitServer } from '../git/http-server'
import type { KubeOptions, KubeServer } from '../kube/kube-server'
import type { ManagedProcess } from '../process/managed-process'
import type { RegistryAccess } from '../registry/registry-client'
import type { Relays } from '../relay/relays'
import type { MeshMode } from './layout'

/** What kind of mesh to start, and where its state is. */
export interface MeshOptions {
  readonly dir: string
  readonly mode?: MeshMode
  /** API servers besides the hub. */
  readonly clusters?: number
  readonly nodes?: number
  /** Whether there is an OCI registry that tells the mesh of pushes; one that is not built yet comes up later. */
  readonly registry?: boolean
  /** Whether a relay stands on every way between two parts, so that it can be cut. */
  readonly relays?: boolean
  /** A hub that the caller has prepared by `prepareHub`, in place of one that is started. */
  readonly hub?: PreparedHub
  readonly kubelet?: KubeOptions['kubelet']
  /** Settings of the mesh's processes, such as K8OR_POLL_INTERVAL_MS. */
  readonly environment?: Readonly<Record<string, string>>
  readonly onProgress?: (text: string) => void
}

/** A cluster of somebody else to declare Applications on. */
export interface PreparedHub {
  readonly kubeconfig: string
  readonly namespace: string
  readonly webhookSecret: string
}

/** A whole mesh on real servers; whatever is killed comes back. */
export interface Mesh {
  /** The values of `mesh.env` as they are now. */
  readonly env: Readonly<Record<string, string>>
  readonly hub: KubeServer
  readonly clusters: readonly KubeServer[]
  readonly git: GitServer
  /** The relays, where the mesh was started with them. */
  readonly relays: Relays
  /** By name: `standalone` or each service, `nats`, `redis`. */
  readonly processes: ReadonlyMap<string, ManagedProcess>
  /** The registry, once it is up. */
  registry(): Promise<RegistryAccess>
  /** Where NATS listens, for whoever shows a certificate of the mesh. */
  readonly natsUrl: string
  /** Where a service takes the calls of the others. */
  addressOf(service: ServiceName): string
  /** Kills a process of the mesh, which then comes back. */
  kill(name: string, signal?: NodeJS.Signals): void
  /** Starts one more process of a service; its name is `<service>-<number>`. */
  addReplica(service: ServiceName): Promise<ManagedProcess>
  /** Kills all services, in as many processes as they run; all come back. */
  killServices(): void
  /** Waits until every process of the mesh says that it is ready. */
  untilReady(timeoutMs?: number): Promise<void>
  stop(): Promise<void>
}
