import type { ResolvedSource } from '@k8or/contracts'
import type { Trees } from '../ports'
import type { Reads, SourceFile } from '../render/rendering'
import { joined } from '../render/repository-path'

/** What the links among a source's files lead to: their targets may lie outside the tree of the source. */
export function linkReads(files: readonly SourceFile[], source: number, folder: string): Reads {
  const followed = files.filter(({ link }) => link === 'followed')
  return followed.map(({ path, id = '' }) => ({ source, path: joined(folder, path), id }))
}

/** Reads of several tools in one order, each once. */
export function settledReads(reads: Reads): Reads {
  const byKey = new Map(reads.map((read) => [`${String(read.source)} ${read.path}`, read]))
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, read]) => read)
}

/** What was read of the newest release as it is at other commits of the same sources. */
export async function readsAt(sources: readonly ResolvedSource[], reads: Reads, trees: Trees): Promise<Reads> {
  const found = await Promise.all(
    sources.map(async ({ repoURL, revision }, index) => {
      const paths = reads.filter(({ source }) => source === index).map(({ path }) => path)
      return paths.length === 0 ? undefined : await trees.list(repoURL, revision, paths)
    }),
  )
  return reads.map((read) => ({ ...read, id: found[read.source]?.get(read.path)?.id ?? '' }))
}
