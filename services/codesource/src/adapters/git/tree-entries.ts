import { TreeMalformedError } from '../../domain/tree/tree'

/** One entry of a git tree. */
export interface TreeEntry {
  readonly name: string
  readonly id: string
  /** As git writes it: `100644`, `100755`, `120000`, `160000`, `40000`. */
  readonly mode: string
  readonly kind: 'file' | 'link' | 'tree' | 'submodule'
}

/** By the part of a mode that tells the kind: old programs wrote others before and behind it. */
const kinds = new Map<number, TreeEntry['kind']>([
  [0o040000, 'tree'],
  [0o100000, 'file'],
  [0o120000, 'link'],
  [0o160000, 'submodule'],
])
const kindOfMode = 0o170000
const idBytes = 20
/** Names that would lead elsewhere than below the tree. */
const strayNames = new Set(['', '.', '..', '.git'])

/**
 * Takes apart a tree object: `<mode> <name>\0<20 bytes of id>` again and again.
 * @throws TreeMalformedError
 */
export function readTreeEntries(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at)
    const zero = content.indexOf(0, space)
    const end = zero + 1 + idBytes
    if (space < 0 || zero < 0 || end > content.length) throw new TreeMalformedError('it is no git tree')
    const mode = content.toString('latin1', at, space)
    const name = content.toString('utf8', space + 1, zero)
    entries.push({ name: checkedName(name), id: content.toString('hex', zero + 1, end), mode, kind: kindOf(mode) })
    at = end
  }
  return entries
}

function checkedName(name: string): string {
  if (!strayNames.has(name) && !name.includes('/')) return name
  throw new TreeMalformedError(`an entry in it is named ${JSON.stringify(name)}`)
}

function kindOf(mode: string): TreeEntry['kind'] {
  const kind = /^[0-7]{5,7}$/.test(mode) ? kinds.get(parseInt(mode, 8) & kindOfMode) : undefined
  if (kind) return kind
  throw new TreeMalformedError(`an entry in it has the mode ${JSON.stringify(mode.slice(0, 20))}`)
}
