import type { SourceFile, TreeEntry, Trees, WantedFiles } from '@k8or/chartstore/domain'

/** The files of one commit, by path. */
export type Files = Readonly<Record<string, string | Buffer>>

/** A repository that is nowhere but here. */
export class MemoryTrees implements Trees {
  constructor(private readonly files: Files) {}

  list(_url: string, _commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>> {
    const entries = paths.flatMap((path): [string, TreeEntry][] => {
      if (path in this.files) return [[path, { id: `blob ${path}`, kind: 'blob' }]]
      const isFolder = Object.keys(this.files).some((name) => path === '' || name.startsWith(`${path}/`))
      return isFolder ? [[path, { id: `tree ${path}`, kind: 'tree' }]] : []
    })
    return Promise.resolve(new Map(entries))
  }

  read(_url: string, _commit: string, path: string, { recurse, suffixes }: WantedFiles): Promise<SourceFile[]> {
    const prefix = path === '' ? '' : `${path}/`
    const wanted = Object.entries(this.files).filter(([name]) => {
      const below = name.slice(prefix.length)
      const isHere = name.startsWith(prefix) && (recurse || !below.includes('/'))
      return isHere && (suffixes.length === 0 || suffixes.some((suffix) => name.endsWith(suffix)))
    })
    const files = wanted.map(([name, text]) => ({
      ...{ path: name.slice(prefix.length), content: Buffer.from(text as string), isLink: false },
    }))
    return Promise.resolve(files.sort((one, other) => (one.path < other.path ? -1 : 1)))
  }
}
