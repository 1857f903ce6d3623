import { createClusters, type Clusters } from '@k8or/cluster-client'
import { hubCluster } from '@k8or/contracts'
import { Connections, usualLimits } from './connections'
import { hubEntry } from './read-clusters'
import { hubCredentials } from './hub-credentials'

/** The hub for those who come before there is a mesh. */
export interface OpenHub {
  readonly clusters: Pick<Clusters, 'get' | 'apply'>
  /** What `clusters` knows it by. */
  readonly name: string
  close(): Promise<void>
}

/** Opens the hub with its credentials, for bootstrap alone: no policy stands before it and no record is made. */
export async function openHub(kubeconfig: string | undefined): Promise<OpenHub> {
  const credentials = await hubCredentials(kubeconfig)
  const connections = new Connections(usualLimits, () => undefined)
  connections.update([{ entry: hubEntry, credentials }])
  const clusters = createClusters(connections.ownGate(() => hubEntry))
  return { clusters, name: hubCluster.name, close: () => connections.close() }
}
