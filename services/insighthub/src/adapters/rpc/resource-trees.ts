import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import {
  GetTreeResponseSchema,
  type GetTreeRequest,
  type GetTreeResponse,
} from '@k8or/contracts/rpc/insighthub/v1/resource_trees'
import type { Judge } from '../../domain/judge'

/** Answers `k8or.insighthub.v1.ResourceTrees`. */
export class ResourceTreesRpc {
  constructor(private readonly judge: Pick<Judge, 'tree'>) {}

  getTree({ applicationUid }: GetTreeRequest): GetTreeResponse {
    const nodes = this.judge.tree(applicationUid)
    if (nodes === undefined)
      throw new ConnectError(`there is no application with the uid ${applicationUid}`, Code.NotFound)
    return create(GetTreeResponseSchema, {
      nodes: nodes.map(({ parent, object: { ref, uid, health, images, createdAt } }) => ({
        ...ref,
        uid,
        parentUid: parent,
        healthStatus: health?.status ?? '',
        healthMessage: health?.message ?? '',
        images: [...images],
        createdAt,
      })),
    })
  }
}
