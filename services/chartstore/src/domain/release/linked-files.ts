import type { ReleaseRecord, ResolvedSource } from '@k8or/contracts'
import type { Trees } from '../ports'
import type { SourceFile } from '../render/rendering'

/** Links that a release was read through, with what they led to: their targets may lie outside the tree of the source. */
export type Links = ReleaseRecord['links']

/** The links among the files of the sources. */
export function linksOf(files: readonly (readonly SourceFile[])[]): Links {
  return files.flatMap((ofSource, source) =>
    ofSource.filter(({ link }) => link === 'followed').map(({ path, id = '' }) => ({ source, path, id })),
  )
}

/** The path of a link in its repository. */
export function linkPath(source: ResolvedSource, link: Links[number]): string {
  return source.path === '' ? link.path : `${source.path}/${link.path}`
}

/** What the links of the newest release lead to at other commits of the same trees. */
export async function linksAt(sources: readonly ResolvedSource[], links: Links, trees: Trees): Promise<Links> {
  return Promise.all(
    links.map(async (link) => {
      const source = sources[link.source]
      if (!source) return { ...link, id: '' }
      const path = linkPath(source, link)
      const entry = (await trees.list(source.repoURL, source.revision, [path])).get(path)
      return { ...link, id: entry?.id ?? '' }
    }),
  )
}
