import {
  BrokenMirrorError,
  expressionOf,
  TreeMalformedError,
  TreeMissingError,
  TreeTooLargeError,
  type LinkProblem,
  type ReadOptions,
  type TreeFile,
  type TreePath,
} from '../../domain/tree/tree'
import type { FoundObject, ObjectAnswer } from './object-answers'
import type { ObjectReader } from './object-reader'
import { readTreeEntries, type TreeEntry } from './tree-entries'

const maxFiles = 20_000
/** A tree may hold itself many times over: a few objects would become more folders than anybody could count. */
const maxFolders = 20_000

/** A file that was found and is still to be read. */
interface Found {
  readonly path: string
  readonly id: string
  readonly size: number
  readonly isLink: boolean
  readonly linkProblem: LinkProblem | ''
}

/** Says what each path is in a commit; links are followed. */
export async function listPaths(objects: ObjectReader, commit: string, paths: readonly string[]): Promise<TreePath[]> {
  const answers = await Promise.all(paths.map((path) => describe(objects, expressionOf(commit, path))))
  return paths.map((path, index) => {
    const answer = answers[index]
    const isThere = answer?.kind === 'found' && (answer.type === 'tree' || answer.type === 'blob')
    return isThere ? { path, id: answer.id, kind: answer.type as 'tree' } : { path, id: '', kind: '' }
  })
}

/**
 * Reads the files below a path of a commit, in the order of their names.
 * @throws TreeMissingError, TreeMalformedError, TreeTooLargeError
 */
export async function readTree(
  objects: ObjectReader,
  commit: string,
  path: string,
  options: ReadOptions,
): Promise<{ readonly id: string; readonly files: readonly TreeFile[] }> {
  const root = await describe(objects, expressionOf(commit, path))
  if (root?.kind !== 'found') throw new TreeMissingError(`path "${path}" is not in commit ${commit}`)
  const found =
    root.type === 'blob'
      ? [{ path: '', id: root.id, size: root.size, isLink: false, linkProblem: '' as const }]
      : await walk(objects, root.id, { ...options, at: `${commit}:${trim(path)}` }).catch((error: unknown) => {
          throw error instanceof TreeMalformedError ? malformed(path, commit, error) : error
        })
  const size = found.reduce((total, file) => total + file.size, 0)
  if (size > options.maxBytes)
    throw new TreeTooLargeError(
      `the files below "${path}" have ${size} bytes together, ${options.maxBytes} are allowed`,
    )
  const contents = await objects.read(found.map(({ id }) => id))
  const files = found.map((file, index) => ({ ...file, content: contentOf(contents[index]) }))
  return { id: root.id, files: files.sort((one, other) => (one.path < other.path ? -1 : 1)) }
}

function malformed(path: string, commit: string, { message }: TreeMalformedError): TreeMalformedError {
  const where = `path "${path}" of commit ${commit.slice(0, 8)}`
  return new TreeMalformedError(`${where} is not as git allows it: ${message}; commit it anew without that`)
}

/** Goes through the trees level by level: each level is one question. */
async function walk(objects: ObjectReader, root: string, options: ReadOptions & { at: string }): Promise<Found[]> {
  const files: { path: string; entry: TreeEntry }[] = []
  let folders = 0
  for (let level = [{ path: '', id: root }]; level.length > 0;) {
    folders += level.length
    if (folders > maxFolders) throw new TreeTooLargeError(`there are more than ${maxFolders} folders`)
    const trees = await objects.read(level.map(({ id }) => id))
    const entries = level.flatMap(({ path }, index) =>
      readTreeEntries(treeOf(trees[index])).map((entry) => ({ path: path + entry.name, entry })),
    )
    files.push(...entries.filter(({ entry }) => isWanted(entry, options)))
    if (files.length > maxFiles) throw new TreeTooLargeError(`there are more than ${maxFiles} files`)
    const below = options.recurse ? entries.filter(({ entry }) => entry.kind === 'tree') : []
    level = below.map(({ path, entry }) => ({ path: `${path}/`, id: entry.id }))
  }
  return Promise.all(files.map(({ path, entry }) => find(objects, path, entry, options)))
}

function isWanted({ kind, name }: TreeEntry, { suffixes }: ReadOptions): boolean {
  if (kind !== 'file' && kind !== 'link') return false
  return suffixes.length === 0 || suffixes.some((suffix) => name.endsWith(suffix))
}

async function find(
  objects: ObjectReader,
  path: string,
  entry: TreeEntry,
  options: ReadOptions & { at: string },
): Promise<Found> {
  const isLink = entry.kind === 'link'
  const led = isLink && options.followLinks ? await describe(objects, `${options.at}${path}`) : undefined
  if (led?.kind === 'found' && led.type === 'blob') return { path, id: led.id, size: led.size, isLink, linkProblem: '' }
  const own = await describe(objects, entry.id)
  if (own?.kind !== 'found') throw new BrokenMirrorError(`object ${entry.id} can not be read`)
  if (own.type !== 'blob') throw new TreeMalformedError(`file ${JSON.stringify(path)} is a ${own.type}`)
  return { path, id: entry.id, size: own.size, isLink, linkProblem: led ? linkProblemOf(led) : '' }
}

function linkProblemOf(led: ObjectAnswer): LinkProblem {
  if (led.kind === 'found') return 'directory'
  if (led.kind === 'symlink') return 'outside'
  return led.kind === 'loop' ? 'loop' : 'dangling'
}

async function describe(objects: ObjectReader, expression: string | undefined): Promise<ObjectAnswer | undefined> {
  return expression === undefined ? undefined : (await objects.describe([expression]))[0]
}

function treeOf(answer: ObjectAnswer | undefined): Buffer {
  if (answer?.kind === 'found' && answer.type !== 'tree')
    throw new TreeMalformedError(`a folder in it is a ${answer.type}`)
  return contentOf(answer)
}

function contentOf(answer: ObjectAnswer | undefined): Buffer {
  if (answer?.kind !== 'found') throw new BrokenMirrorError('an object can not be read')
  return (answer satisfies FoundObject).content
}

function trim(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.length === 0 ? '' : `${parts.join('/')}/`
}
