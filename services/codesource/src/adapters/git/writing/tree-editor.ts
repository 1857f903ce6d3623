import type { FileContents, FileState } from '../../../domain/commit/fit'
import { BrokenMirrorError, TreeMalformedError } from '../../../domain/tree/tree'
import type { ObjectReader } from '../object-reader'
import { readTreeEntries, type TreeEntry } from '../tree-entries'
import { newObject, type NewObject } from './new-object'

type Entry = Pick<TreeEntry, 'id' | 'mode' | 'kind'>
type Folder = Map<string, Entry>

/** Why a path leads through no folder. */
interface Blocked {
  readonly blocked: string
}

/** What stands for bytes that are no text: written back, such a name would be another one. */
const notUtf8 = '\ufffd'
const kindNames = { link: 'a link', submodule: 'a submodule', tree: 'a folder', file: 'a file' } as const

/** The folders of one commit along some paths: says what is there, and makes the trees of the next commit. */
export class TreeEditor {
  private readonly folders = new Map<string, Promise<Folder | Blocked>>()

  constructor(
    private readonly objects: ObjectReader,
    private readonly commit: string,
  ) {}

  /** What a path is. */
  async stateOf(path: string): Promise<FileState> {
    const [dir, name] = split(path)
    const folder = await this.folder(dir)
    if ('blocked' in folder) return { kind: 'blocked', why: folder.blocked }
    const entry = folder.get(name)
    if (!entry) return { kind: 'absent' }
    if (entry.kind !== 'file') return { kind: 'blocked', why: `it is ${kindNames[entry.kind]}` }
    return { kind: 'file', id: entry.id }
  }

  /** The objects of the next commit's tree; the last one is its root. Modes of files stay. */
  async apply(contents: FileContents): Promise<readonly NewObject[]> {
    const made: NewObject[] = []
    const dirty = new Set([''])
    for (const [path, content] of contents) {
      const [dir, name] = split(path)
      const folder = await this.folderToWrite(dir)
      if (content === undefined) folder.delete(name)
      else made.push(putFile(folder, name, content))
      for (let at = dir; at !== ''; at = split(at)[0]) dirty.add(at)
    }
    const depth = (dir: string) => (dir === '' ? 0 : dir.split('/').length)
    for (const dir of [...dirty].sort((a, b) => depth(b) - depth(a))) made.push(...(await this.closeFolder(dir)))
    return made
  }

  /** Git has no empty folders, but for the root. */
  private async closeFolder(dir: string): Promise<NewObject[]> {
    const folder = await this.folderToWrite(dir)
    const [parent, name] = split(dir)
    if (dir !== '' && folder.size === 0) {
      ;(await this.folderToWrite(parent)).delete(name)
      return []
    }
    const tree = newObject('tree', treeContent(folder))
    if (dir !== '') (await this.folderToWrite(parent)).set(name, { id: tree.id, mode: '40000', kind: 'tree' })
    return [tree]
  }

  private async folderToWrite(dir: string): Promise<Folder> {
    const folder = await this.folder(dir)
    if ('blocked' in folder) throw new Error(`${dir} can not be written to: ${folder.blocked}`)
    return folder
  }

  private folder(dir: string): Promise<Folder | Blocked> {
    const known = this.folders.get(dir)
    if (known) return known
    const read = dir === '' ? this.read(`${this.commit}^{tree}`) : this.readBelow(dir)
    this.folders.set(dir, read)
    return read
  }

  private async readBelow(dir: string): Promise<Folder | Blocked> {
    const [parent, name] = split(dir)
    const above = await this.folder(parent)
    if ('blocked' in above) return above
    const entry = above.get(name)
    if (!entry) return new Map()
    return entry.kind === 'tree' ? this.read(entry.id) : { blocked: `${dir} is ${kindNames[entry.kind]}` }
  }

  private async read(expression: string): Promise<Folder | Blocked> {
    const [answer] = await this.objects.read([expression])
    if (answer?.kind !== 'found') throw new BrokenMirrorError(`the mirror lacks tree ${expression}`)
    return folderOf(answer.content)
  }
}

function folderOf(content: Buffer): Folder | Blocked {
  try {
    const entries = readTreeEntries(content)
    const strange = entries.find(({ name }) => name.includes(notUtf8))
    if (strange) return { blocked: `the name ${JSON.stringify(strange.name)} beside it is not in UTF-8` }
    return new Map(entries.map(({ name, ...entry }) => [name, entry]))
  } catch (error) {
    if (error instanceof TreeMalformedError) return { blocked: `its folder is not as git allows it: ${error.message}` }
    throw error
  }
}

function putFile(folder: Folder, name: string, content: Buffer): NewObject {
  const blob = newObject('blob', content)
  folder.set(name, { id: blob.id, mode: folder.get(name)?.mode ?? '100644', kind: 'file' })
  return blob
}

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)]
}

/** Git compares names byte by byte, folders as if they ended with a slash. */
function treeContent(folder: Folder): Buffer {
  const sorted = [...folder]
    .map(([name, entry]) => ({ ...entry, name, order: Buffer.from(entry.kind === 'tree' ? `${name}/` : name) }))
    .sort((a, b) => a.order.compare(b.order))
  return Buffer.concat(
    sorted.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  )
}
