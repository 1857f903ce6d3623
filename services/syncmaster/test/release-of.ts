import type { ReleaseRecord } from '@k8or/contracts'
import { declarationOf } from '../src/domain/application/declaration'
import type { MemoryWorld } from './memory-world'

/** A release of what a world's application declares, as ChartStore records it. */
export function releaseOf(
  { application }: MemoryWorld,
  release: number,
  objects = 1,
  revision = `commit-${release}`,
): ReleaseRecord {
  const { ref, specDigest } = declarationOf(application, 'argocd')
  return {
    ...{ application: ref, release, specDigest, digest: `d${release}`, inputDigest: 'i', objects },
    sources: [{ repoURL: 'r', path: 'p', targetRevision: '', revision, tree: `tree of ${revision}` }],
    ...{ images: [], factId: `rendered-${release}`, correlationId: 'c', renderedAt: '2026-01-01T00:00:00Z' },
    ...{ problems: [], failure: null, warnings: [], reads: [], readsDigest: '', consulted: {} },
    ...{ causes: [], announced: true },
  }
}
