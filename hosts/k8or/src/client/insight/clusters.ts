import { toJson } from '@bufbuild/protobuf'
import { ClusterSchema, Clusters, type Cluster } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { colored } from '../output/words'

/** `k8or cluster list` */
export async function listClusters({ mesh, answer }: Context): Promise<undefined> {
  const { clusters } = await mesh.call(Clusters.method.list, {})
  await answer(clustersAnswer(clusters))
}

/** A line per cluster that the mesh knows. */
export function clustersAnswer(clusters: readonly Cluster[]): Answer {
  return {
    data: clusters.map((cluster) => toJson(ClusterSchema, cluster, { alwaysEmitImplicit: true })),
    names: () => clusters.map(({ name }) => name),
    table: ({ colors }) =>
      formatTable(
        ['NAME', 'SERVER', 'REACHABLE', 'VERSION', 'REASON'],
        clusters.map(({ name, server, reachable, version, reason }) => [
          name,
          server,
          colored(String(reachable), colors),
          version,
          reason,
        ]),
      ),
  }
}
