import { Content } from '@k8or/rig'
import { z } from 'zod'
import { newObject, storeObjects, type NewObject } from '../src/adapters/git/writing/new-object'

/** An entry of a tree, with all that git would refuse to write. */
export interface Node {
  readonly mode: string
  readonly name: string | Buffer
  /** A blob, or below `tree` a folder, or whatever has this id. */
  readonly blob?: string | Buffer | undefined
  readonly tree?: readonly Node[] | undefined
  readonly id?: string | undefined
  /** So many folders of this name in each other, each holding the next one `wide` times. */
  readonly deep?: number | undefined
  readonly wide?: number | undefined
}

export const Node: z.ZodType<Node> = z.lazy(() =>
  z.strictObject({
    mode: z.string().default('100644'),
    name: Content,
    blob: Content.optional(),
    tree: z.array(Node).optional(),
    id: z.string().optional(),
    deep: z.number().optional(),
    wide: z.number().optional(),
  }),
)

/** Puts a commit with this tree, however broken, into a bare repository as its main branch; answers its id. */
export async function commitTree(repo: string, nodes: readonly Node[]): Promise<NewObject> {
  const objects: NewObject[] = []
  const tree = treeOf(nodes, objects)
  const who = 'Rig <rig@k8or.dev> 1767225600 +0000'
  const commit = newObject('commit', Buffer.from(`tree ${tree.id}\nauthor ${who}\ncommitter ${who}\n\nhostile\n`))
  await storeObjects(repo, [...objects, commit])
  return commit
}

function treeOf(nodes: readonly Node[], objects: NewObject[]): NewObject {
  const parts = nodes.flatMap((node) => {
    const id = node.id ?? objectOf(node, objects).id
    const { name, mode } = node
    const wide = Array.from({ length: node.wide ?? 1 }, (_, at) =>
      at === 0 ? Buffer.from(name as string) : Buffer.from(`${String(name)}${at}`),
    )
    return wide.flatMap((bytes) => [Buffer.from(`${mode} `), bytes, Buffer.from([0]), Buffer.from(id, 'hex')])
  })
  return kept(newObject('tree', Buffer.concat(parts)), objects)
}

function objectOf(node: Node, objects: NewObject[]): NewObject {
  if (!node.tree) return kept(newObject('blob', Buffer.from((node.blob ?? '') as string)), objects)
  let tree = treeOf(node.tree, objects)
  for (let depth = 1; depth < (node.deep ?? 1); depth++)
    tree = treeOf([{ mode: node.mode, name: node.name, id: tree.id, wide: node.wide }], objects)
  return tree
}

function kept(object: NewObject, objects: NewObject[]): NewObject {
  objects.push(object)
  return object
}
