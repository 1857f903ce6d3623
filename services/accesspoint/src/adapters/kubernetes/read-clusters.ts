import { hubCluster } from '@k8or/contracts'
import type { ClusterEntry } from '../../domain/routing/clusters'
import { BadClusterSecretError, readClusterSecret } from './cluster-secret'
import type { ReachedCluster } from './connections'
import type { ClusterCredentials } from './credentials'
import type { DeclaredSecret } from './declared-secret'

/** The hub, as long as no Secret names it otherwise. */
export const hubEntry: ClusterEntry = {
  ...hubCluster,
  labels: {},
  namespaces: [],
  clusterResources: true,
  project: '',
  isHub: true,
}

/** The clusters that Secrets declare, the hub always among them, once; and the Secrets that can not be read. */
export function readClusters(
  secrets: readonly DeclaredSecret[],
  hub: ClusterCredentials,
): { readonly reached: readonly ReachedCluster[]; readonly broken: readonly BadClusterSecretError[] } {
  const reached: ReachedCluster[] = []
  const broken: BadClusterSecretError[] = []
  for (const secret of secrets.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    try {
      const cluster = readCluster(secret, hub)
      if (isHubItself(cluster) && reached.some(isHubItself))
        throw new BadClusterSecretError(secret, 'server', 'is that of the hub, which another Secret names already')
      reached.push(cluster)
    } catch (error) {
      if (!(error instanceof BadClusterSecretError)) throw error
      broken.push(error)
    }
  }
  return { reached: reached.some(isHubItself) ? reached : [{ entry: hubEntry, credentials: hub }, ...reached], broken }
}

/** Somebody may give the hub another name, by a Secret with its own server. */
function readCluster(secret: DeclaredSecret, hub: ClusterCredentials): ReachedCluster {
  const { entry, credentials } = readClusterSecret(secret)
  if (entry.server === hubCluster.server) return { entry: { ...entry, isHub: true }, credentials: hub }
  return { entry: { ...entry, isHub: entry.server === hub.server }, credentials }
}

function isHubItself({ entry }: ReachedCluster): boolean {
  return entry.server === hubCluster.server
}
