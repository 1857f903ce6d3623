import { create } from '@bufbuild/protobuf'
import {
  GetTreeResponseSchema,
  ResourceTrees,
  type GetTreeRequest,
  type GetTreeResponse,
} from '@k8or/contracts/rpc/insighthub/v1/resource_trees'
import { NotFoundError, RpcService } from '@k8or/rpc'
import { Judge } from '../../domain/judge'

@RpcService(ResourceTrees)
export class TreeAnswers {
  constructor(private readonly judge: Judge) {}

  getTree({ applicationUid }: GetTreeRequest): GetTreeResponse {
    const nodes = this.judge.tree(applicationUid)
    if (nodes === undefined) throw new NotFoundError(`there is no application with the uid ${applicationUid}`)
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
