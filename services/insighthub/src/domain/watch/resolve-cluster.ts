import { hubCluster, type ApplicationRecord, type ClusterRecord } from '@k8or/contracts'

/** The name of the cluster that an application runs on; undefined when nobody knows such a cluster. */
export function resolveCluster(
  { destination }: Pick<ApplicationRecord, 'destination'>,
  clusters: Iterable<Pick<ClusterRecord, 'name' | 'server'>>,
): string | undefined {
  const server = trimmed(destination.server)
  if (destination.name !== '')
    return (
      [...clusters].find(({ name }) => name === destination.name)?.name ?? hubIf(destination.name === hubCluster.name)
    )
  return (
    [...clusters].find((cluster) => trimmed(cluster.server) === server)?.name ?? hubIf(server === hubCluster.server)
  )
}

function hubIf(isHub: boolean): string | undefined {
  return isHub ? hubCluster.name : undefined
}

function trimmed(server: string): string {
  return server.replace(/\/+$/, '')
}
