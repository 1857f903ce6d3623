import { sha256, type ApplicationRecord, type Problem, type ResolvedSource } from '@k8or/contracts'
import { canonicalJson } from '@k8or/kube-objects'
import { checkRunnable } from '../render/check-runnable'
import { renderSource, type RenderMeans } from '../render/render-source'
import type { LocatedSource, Reads } from '../render/rendering'
import { isReferenceOnly } from '../render/tools'
import { imagesOf } from './images'
import { inexactNumbers } from './inexact-numbers'
import { settledReads } from './recorded-reads'
import { settleRepeats } from './repeated-objects'

/** What a release is: its manifests and what follows from them. */
export interface ReleaseContent {
  /** A JSON array of objects, byte-identical for equal inputs. */
  readonly manifests: string
  readonly digest: string
  readonly objects: number
  readonly images: readonly string[]
  /** What rendered each source; one that only lends its files counts as a folder. */
  readonly tools: readonly string[]
  readonly warnings: readonly Problem[]
  /** What was read beside the trees of the sources. */
  readonly reads: Reads
  readonly consulted: Readonly<Record<string, string>>
}

/** What a release depends on beside its declaration and the trees of its sources. */
export type Inputs = Pick<ReleaseContent, 'reads' | 'consulted'>

/** Changes whenever equal inputs would be rendered otherwise than before. */
const rendererVersion = 3

/** The digest of everything that a rendering depends on. The commit is not part of it: one that touches nothing of it changes nothing. */
export function inputDigestOf(
  { specDigest }: ApplicationRecord,
  sources: readonly ResolvedSource[],
  { reads, consulted }: Inputs,
): string {
  const trees = sources.map(({ repoURL, path, tree }) => ({ repoURL, path, tree }))
  return sha256(canonicalJson({ rendererVersion, specDigest, trees, reads, consulted }))
}

/**
 * Renders all sources of an application into one release, or says why there can be none.
 * @throws SourceUnreadableError, RendererNotReadyError
 */
export async function composeRelease(
  located: readonly LocatedSource[],
  means: RenderMeans,
): Promise<ReleaseContent | { readonly problems: readonly Problem[] }> {
  const wanted = located.map((_, index) => index).filter((index) => !isReferenceOnly(located[index]?.declared))
  const rendered = await Promise.all(wanted.map((index) => renderSource(located, index, means)))
  const problems = rendered.flatMap(({ problems, objects }) => [...problems, ...checkRunnable(objects)])
  if (problems.length > 0) return { problems }
  const all = rendered.flatMap((source) => source.objects)
  const { objects, warnings } = settleRepeats(all)
  const manifests = canonicalJson(objects)
  return {
    ...{ manifests, digest: sha256(manifests), objects: objects.length, images: imagesOf(objects) },
    tools: located.map((_, index) => rendered[wanted.indexOf(index)]?.tool ?? 'directory'),
    warnings: [...rendered.flatMap((source) => source.warnings ?? []), ...warnings, ...inexactNumbers(all)],
    reads: settledReads(rendered.flatMap((source) => source.reads ?? [])),
    consulted: Object.assign({}, ...rendered.map((source) => source.consulted ?? {})) as Record<string, string>,
  }
}
