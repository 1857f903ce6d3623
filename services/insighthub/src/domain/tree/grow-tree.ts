import type { Forest } from './forest'
import type { Sighting } from './sighting'

/** An object in an application's tree; the parent is empty for what the application itself manages. */
export interface TreeNode {
  readonly parent: string
  readonly object: Sighting
}

/** An application's objects and what those own in turn, parents before children. Each object appears once. */
export function growTree(forest: Forest, application: string): TreeNode[] {
  const roots = sorted(forest.managedBy(application))
  const seen = new Set(roots.map(({ uid }) => uid))
  const nodes: TreeNode[] = roots.map((object) => ({ parent: '', object }))
  for (const { object: parent } of nodes) {
    const children = sorted(forest.ownedBy(parent.uid)).filter(({ uid }) => !seen.has(uid))
    for (const object of children) {
      seen.add(object.uid)
      nodes.push({ parent: parent.uid, object })
    }
  }
  return nodes
}

function sorted(objects: readonly Sighting[]): Sighting[] {
  const name = ({ ref }: Sighting) => [ref.group, ref.kind, ref.namespace, ref.name].join('/')
  return objects.toSorted((one, other) => name(one).localeCompare(name(other)))
}
