import type { TreeEntry, Trees } from '../ports'
import { folderOf, isWithin, joined } from './repository-path'
import type { LocatedSource, Reads, SourceFile } from './rendering'

/** The files of the repository that a source comes from, at its commit, by their path in the repository. */
export class CommitFiles {
  constructor(
    private readonly trees: Trees,
    private readonly located: LocatedSource,
    /** Which source of the application it is. */
    private readonly index: number,
  ) {}

  /** A name for a path among all sources of the application. */
  idOf(path: string): string {
    return `${String(this.index)} ${path}`
  }

  /** What paths are; those that the commit does not have are absent. */
  list(paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>> {
    const { repoURL, revision } = this.located.resolved
    return this.trees.list(repoURL, revision, paths)
  }

  /** @throws SourceUnreadableError */
  async folder(path: string, recurse: boolean, suffixes: readonly string[] = []): Promise<SourceFile[]> {
    const { repoURL, revision } = this.located.resolved
    const files = await this.trees.read(repoURL, revision, path, { recurse, suffixes })
    return files.map((file) => ({ ...file, path: joined(path, file.path), content: file.content }))
  }

  /** Files by path, each folder read once. */
  async files(paths: readonly string[]): Promise<SourceFile[]> {
    const folders = Map.groupBy(paths, folderOf)
    const read = await Promise.all(
      [...folders].map(async ([folder, wanted]) => {
        const names = wanted.map((path) => path.slice(folder === '' ? 0 : folder.length + 1))
        const files = await this.folder(folder, false, names)
        return files.filter(({ path }) => wanted.includes(path))
      }),
    )
    return read.flat()
  }

  /** What paths outside the source's own tree are now: a change of them is a change of the source. */
  async reads(paths: readonly string[]): Promise<Reads> {
    const { path: own, tree } = this.located.resolved
    const outside = [...new Set(paths)].filter((path) => tree === '' || !isWithin(own, path)).sort()
    if (outside.length === 0) return []
    const entries = await this.list(outside)
    return outside.map((path) => ({ source: this.index, path, id: entries.get(path)?.id ?? '' }))
  }
}
