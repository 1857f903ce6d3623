import { sha256, type ApplicationRecord, type Problem, type ResolvedSource } from '@k8or/contracts'
import { renderSource } from '../render/render-source'
import type { SourceFile } from '../render/rendering'
import { canonicalJson } from './canonical-json'
import { imagesOf } from './images'
import type { Links } from './linked-files'
import { settleRepeats } from './repeated-objects'

/** What a release is: its manifests and what follows from them. */
export interface ReleaseContent {
  /** A JSON array of objects, byte-identical for equal inputs. */
  readonly manifests: string
  readonly digest: string
  readonly objects: number
  readonly images: readonly string[]
  readonly warnings: readonly Problem[]
}

/** Changes whenever equal inputs would be rendered otherwise than before. */
const rendererVersion = 1

/**
 * The digest of everything that a rendering depends on: trees, and what links lead to. The commit is not part of it: one
 * that touches neither changes nothing.
 */
export function inputDigestOf(
  { specDigest }: ApplicationRecord,
  sources: readonly ResolvedSource[],
  links: Links,
): string {
  const trees = sources.map(({ repoURL, path, tree }) => ({ repoURL, path, tree }))
  return sha256(canonicalJson({ rendererVersion, specDigest, trees, links }))
}

/** Renders all sources of an application into one release, or says why there can be none. */
export function composeRelease(
  application: Pick<ApplicationRecord, 'sources'>,
  files: readonly (readonly SourceFile[])[],
): ReleaseContent | { readonly problems: readonly Problem[] } {
  const rendered = application.sources.map((source, index) => renderSource(source, files[index] ?? []))
  const problems = rendered.flatMap((source) => source.problems)
  if (problems.length > 0) return { problems }
  const { objects, warnings } = settleRepeats(rendered.flatMap((source) => source.objects))
  const manifests = canonicalJson(objects)
  return { manifests, digest: sha256(manifests), objects: objects.length, images: imagesOf(objects), warnings }
}
