import { z } from 'zod'
import { ApplicationRef, Problem, ResolvedSource } from '../shapes'
import { defineRecord } from './define-record'

/** The newest rendering that failed, for the chain of causes and so that it is announced once. */
export const ReleaseFailure = z.object({
  /** SHA-256 over inputs and problems. */
  digest: z.string(),
  inputDigest: z.string(),
  sources: z.array(ResolvedSource),
  factId: z.string(),
  correlationId: z.string(),
  causes: z.array(z.string()),
  at: z.iso.datetime(),
})
export type ReleaseFailure = z.infer<typeof ReleaseFailure>

/** One release of one application; with `problems`, the newest rendering failed and release 0 means there is none yet. */
export const ReleaseRecord = z.object({
  application: ApplicationRef,
  release: z.number().int().nonnegative(),
  digest: z.string(),
  inputDigest: z.string(),
  /** The declaration that was rendered (ApplicationRecord.specDigest). */
  specDigest: z.string(),
  sources: z.array(ResolvedSource),
  objects: z.number().int().nonnegative(),
  images: z.array(z.string()),
  /** What rendered each source: `helm`, `kustomize` or `directory`; absent in releases of before it was noted. */
  tools: z.array(z.string()).optional(),
  /** The fact that announced it, for the chain of causes. */
  factId: z.string(),
  correlationId: z.string(),
  renderedAt: z.iso.datetime(),
  /** Why the newest rendering failed; empty when the release is what the sources say now. */
  problems: z.array(Problem).default([]),
  failure: ReleaseFailure.nullable().default(null),
  /** What is odd about the release and does not hinder it, such as one object declared twice. */
  warnings: z.array(Problem).default([]),
  /** Paths outside the trees of the sources that were read, such as bases and value files; an absent one has no id. */
  reads: z.array(z.object({ source: z.number().int(), path: z.string(), id: z.string() })).default([]),
  /** Where they are too many for the row: the digest under which they are stored. */
  readsDigest: z.string().default(''),
  /** What else the rendering depended on, such as the cluster's `kubeVersion`, as it was. */
  consulted: z.record(z.string(), z.string()).default({}),
  /** The facts that led to this release. */
  causes: z.array(z.string()).default([]),
  /** False until the newest fact is stored: who finds it so after a crash announces it again, under the same id. */
  announced: z.boolean().default(true),
})
export type ReleaseRecord = z.infer<typeof ReleaseRecord>

/** The release index. */
export const releaseRecord = defineRecord({
  owner: 'chartstore',
  bucket: 'RELEASES',
  readers: ['syncmaster', 'insighthub'],
  description: 'the newest release of every application, and every release by number',
  key: '<application uid>.latest, <application uid>.<release>',
  ttlMs: 0,
  schema: ReleaseRecord,
})

/** The key of an application's newest release, or of one by number. */
export function releaseKey(applicationUid: string, release: number | 'latest' = 'latest'): string {
  return `${applicationUid}.${String(release)}`
}
