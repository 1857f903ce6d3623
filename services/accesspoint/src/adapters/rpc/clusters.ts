import type { MessageInitShape } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import {
  Clusters,
  type GetCapabilitiesRequest,
  type GetCapabilitiesResponseSchema,
  type ListRequest,
  type ListResponseSchema,
  type ResolveRequest,
  type ResolveResponseSchema,
} from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { Later } from '@k8or/outcome'
import { NotFoundError, peerOf, RpcService, UnauthenticatedError } from '@k8or/rpc'
import { UnknownClusterError, type ClusterEntry } from '../../domain/routing/clusters'
import { ClusterWatch } from '../kubernetes/cluster-watch'
import { Hub } from '../kubernetes/hub'

/** Answers `Clusters`: which there are, never how to get in. */
@RpcService(Clusters)
export class ClustersAnswers {
  constructor(
    private readonly hub: Hub,
    private readonly watch: ClusterWatch,
  ) {}

  list(_: ListRequest, context: HandlerContext): MessageInitShape<typeof ListResponseSchema> {
    admit(context)
    const clusters = this.hub.clusters.entries.map((entry) => {
      const state = this.watch.stateOf(entry)
      return {
        name: entry.name,
        server: entry.server,
        reachable: state?.reachable ?? false,
        reason: state === undefined ? 'not asked yet' : state.reachable ? '' : state.reason,
        version: state?.reachable ? state.version : '',
      }
    })
    return { clusters: clusters.toSorted((a, b) => a.name.localeCompare(b.name)) }
  }

  resolve(request: ResolveRequest, context: HandlerContext): MessageInitShape<typeof ResolveResponseSchema> {
    admit(context)
    const found = this.clusterOf(request)
    return 'problem' in found ? found : { name: found.name, server: found.server, project: found.project }
  }

  async getCapabilities(
    request: GetCapabilitiesRequest,
    context: HandlerContext,
  ): Promise<MessageInitShape<typeof GetCapabilitiesResponseSchema>> {
    admit(context)
    const cluster = this.clusterOf(request)
    if ('problem' in cluster) throw new Later(cluster.problem)
    const state = this.watch.stateOf(cluster)
    if (!state?.reachable)
      throw new Later(`cluster ${cluster.name} does not answer: ${state?.reason ?? 'not asked yet'}`)
    try {
      return { version: state.version, apiVersions: await this.watch.apiVersionsOf(cluster, context.signal) }
    } catch (cause) {
      throw new Later(`cluster ${cluster.name} does not say what it serves`, undefined, { cause })
    }
  }

  private clusterOf({ server, name }: { readonly server: string; readonly name: string }): ClusterEntry | Broken {
    try {
      return this.hub.clusters.ofDestination({ server, name })
    } catch (error) {
      // Who hears "not found" may let go of what runs there: it is said only when all declared clusters are known.
      if (error instanceof UnknownClusterError && this.hub.missing().includes('secrets'))
        throw new Later('the clusters that the hub declares were not read yet')
      const problem = this.hub.brokenSecrets.reasonFor({ server, name })
      if (error instanceof UnknownClusterError && problem !== undefined) return { problem }
      if (error instanceof UnknownClusterError) throw new NotFoundError(error.message)
      throw error
    }
  }
}

/** A cluster whose Secret can not be read. */
interface Broken {
  readonly problem: string
}

function admit(context: HandlerContext): void {
  if (peerOf(context) === '') throw new UnauthenticatedError('clusters are named to members of the mesh only')
}
