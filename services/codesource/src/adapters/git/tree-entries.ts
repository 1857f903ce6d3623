/** One entry of a git tree. */
export interface TreeEntry {
  readonly name: string
  readonly id: string
  /** As git writes it: `100644`, `100755`, `120000`, `160000`, `40000`. */
  readonly mode: string
  readonly kind: 'file' | 'link' | 'tree' | 'submodule'
}

const kinds: Readonly<Record<string, TreeEntry['kind']>> = { '40000': 'tree', '120000': 'link', '160000': 'submodule' }
const idBytes = 20

/** Takes apart a tree object: `<mode> <name>\0<20 bytes of id>` again and again. */
export function readTreeEntries(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at)
    const zero = content.indexOf(0, space)
    if (space < 0 || zero < 0) throw new Error('malformed git tree')
    const mode = content.toString('latin1', at, space)
    const name = content.toString('utf8', space + 1, zero)
    const id = content.toString('hex', zero + 1, zero + 1 + idBytes)
    entries.push({ name, id, mode, kind: kinds[mode] ?? 'file' })
    at = zero + 1 + idBytes
  }
  return entries
}
