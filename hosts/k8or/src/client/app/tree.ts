import { toJson } from '@bufbuild/protobuf'
import {
  GetTreeResponseSchema,
  ResourceTrees,
  type GetTreeResponse,
  type Node,
} from '@k8or/contracts/rpc/insighthub/v1/resource_trees'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { colored, kindOf, nameOf } from '../output/words'
import { parseApplicationName } from './application-name'

/** `k8or app tree` */
export async function showTree({ mesh, answer }: Context, _: object, name: string): Promise<undefined> {
  const { application } = await mesh.call(Applications.method.get, { name: parseApplicationName(name) })
  await answer(treeAnswer(await mesh.call(ResourceTrees.method.getTree, { applicationUid: application?.uid ?? '' })))
}

/** The objects of an application, what they made indented below them. */
export function treeAnswer(response: GetTreeResponse): Answer {
  return {
    data: toJson(GetTreeResponseSchema, response, { alwaysEmitImplicit: true }),
    table: ({ isWide, colors }) => {
      const rows = branches(response.nodes).map(({ node, indent }) => [
        `${indent}${kindOf(node)}`,
        nameOf(node),
        colored(node.healthStatus, colors),
        // What is above a pod has the images of its pods.
        isWide || node.kind === 'Pod' ? node.images.join(', ') : '',
        node.healthMessage,
      ])
      return formatTable(['KIND', 'NAME', 'HEALTH', 'IMAGES', 'MESSAGE'], rows)
    },
  }
}

function branches(nodes: readonly Node[], parent = '', depth = 0): { node: Node; indent: string }[] {
  const here = nodes.filter(({ parentUid }) => parentUid === parent)
  return here.flatMap((node) => [
    { node, indent: depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ ` },
    ...branches(nodes, node.uid, depth + 1),
  ])
}
