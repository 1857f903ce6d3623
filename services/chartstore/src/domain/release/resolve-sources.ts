import {
  repositoryToken,
  revisionKey,
  withoutPassword,
  type ApplicationRecord,
  type DeclaredSource,
  type Problem,
  type ResolvedSource,
  type RevisionRecord,
} from '@k8or/contracts'
import { SourceUnreadableError, type Revisions, type Trees } from '../ports'
import { declaredProblem, isReferenceOnly } from '../render/tools'

/** All sources of an application at one moment: resolved together, or not at all. */
export type Snapshot =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'resolved'; readonly sources: readonly ResolvedSource[]; readonly newest: RevisionRecord }
  | {
      readonly kind: 'failed'
      readonly sources: readonly ResolvedSource[]
      readonly problems: readonly Problem[]
      /** Absent when the declaration alone is at fault. */
      readonly newest?: RevisionRecord
    }

/** Resolves every source of an application to a commit and a tree; one that can not be resolved fails all. */
export async function resolveSources(
  application: ApplicationRecord,
  revisions: Revisions,
  trees: Trees,
): Promise<Snapshot> {
  const wrong = declarationProblems(application)
  if (wrong.length > 0) return { kind: 'failed', sources: [], problems: wrong }
  const found = await Promise.all(application.sources.map((source) => revisions.get(keyOf(source))))
  // What nobody followed for a while may be old: CodeSource observes it anew and says so.
  const records = found.filter((record) => record !== undefined).filter((record) => record.followed)
  const [first] = records
  if (!first || records.length < found.length) return { kind: 'waiting' }
  const newest = records.reduce((latest, record) => (record.observedAt > latest.observedAt ? record : latest), first)
  const unresolved = records.map((record) => record.problem).filter((problem) => problem !== null)
  if (unresolved.length > 0) return { kind: 'failed', sources: [], problems: unresolved, newest }
  const sources = await Promise.all(
    application.sources.map((source, index) => locate(source, records[index] ?? first, trees)),
  )
  const problems = sources.flatMap((source) => ('problem' in source ? [source.problem] : []))
  const located = sources.flatMap((source) => ('resolved' in source ? [source.resolved] : []))
  if (problems.length > 0) return { kind: 'failed', sources: located, problems, newest }
  return { kind: 'resolved', sources: located, newest }
}

function declarationProblems({ sources }: ApplicationRecord): Problem[] {
  if (sources.length > 0) return sources.map(declaredProblem).filter((problem) => problem !== undefined)
  return [{ reason: 'InvalidSource', field: 'spec.source', message: 'the application has no source: set spec.source' }]
}

function keyOf({ repoURL, targetRevision }: DeclaredSource): string {
  return revisionKey(repositoryToken(repoURL), targetRevision)
}

async function locate(
  source: DeclaredSource,
  { commit }: RevisionRecord,
  trees: Trees,
): Promise<{ resolved: ResolvedSource } | { problem: Problem }> {
  const { repoURL, targetRevision } = source
  if (isReferenceOnly(source)) return { resolved: { repoURL, path: '', targetRevision, revision: commit, tree: '' } }
  const path = normalPath(source.path)
  if (path === undefined)
    return { problem: pathProblem(source, commit, 'leaves the repository; give a path below its root') }
  const entry = await entryAt(repoURL, commit, path, trees)
  if (entry && 'problem' in entry) return entry
  if (!entry) return { problem: pathProblem(source, commit, 'does not exist; correct the path, or push it') }
  if (entry.kind === 'blob') return { problem: pathProblem(source, commit, 'is a file; a source needs a directory') }
  return { resolved: { repoURL, path, targetRevision, revision: commit, tree: entry.id } }
}

async function entryAt(repoURL: string, commit: string, path: string, trees: Trees) {
  try {
    return (await trees.list(repoURL, commit, [path])).get(path)
  } catch (error) {
    if (error instanceof SourceUnreadableError) return { problem: error.problem }
    throw error
  }
}

/** A source's path without `.` and slashes at its ends; undefined when it leaves the repository. */
export function normalPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts.join('/')
}

function pathProblem({ repoURL, path, targetRevision }: DeclaredSource, commit: string, what: string): Problem {
  const where = `${withoutPassword(repoURL)} at ${targetRevision || 'HEAD'} (${commit.slice(0, 8)})`
  return { reason: 'PathMissing', field: 'spec.source.path', message: `path "${path}" of ${where} ${what}` }
}
