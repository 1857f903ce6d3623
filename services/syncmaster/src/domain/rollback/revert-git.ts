import { withoutPassword, type ReleaseRecord, type ResolvedSource } from '@k8or/contracts'
import { Never } from '@k8or/outcome'
import { restoreFiles, type FileRestore, type SourceFile } from './restore-files'

/** Git, through CodeSource. */
export interface Git {
  /** The files below a path of a commit. */
  files(source: Pick<ResolvedSource, 'repoURL' | 'path'>, commit: string, signal: AbortSignal): Promise<SourceFile[]>
  /** Writes to the branch that a source follows; answers the commit. */
  commit(source: ResolvedSource, edits: readonly FileRestore[], what: CommitWish, signal: AbortSignal): Promise<string>
}

/** What is said of a commit. */
export interface CommitWish {
  readonly message: string
  /** What makes a repetition recognisable. */
  readonly operation: string
  readonly actor: string
  readonly causes: readonly string[]
}

/** The files of one source as the earlier release read them. */
export interface SourceRestore {
  /** The source as it is now. */
  readonly source: ResolvedSource
  readonly edits: readonly FileRestore[]
}

/**
 * Finds what to write so that the sources are again what an earlier release was made of.
 * @throws Never when git can not be written so
 */
export async function planRevert(
  git: Git,
  { sources: were }: ReleaseRecord,
  { sources: are }: ReleaseRecord,
  signal: AbortSignal,
): Promise<SourceRestore[]> {
  const restores = await Promise.all(were.map((before, index) => restoreSource(git, before, are[index], signal)))
  const open = restores.filter(({ edits }) => edits.length > 0)
  if (open.length === 0)
    throw new Never('its files in git are as the earlier release has them: there is nothing to revert')
  return open
}

async function restoreSource(
  git: Git,
  before: ResolvedSource,
  now: ResolvedSource | undefined,
  signal: AbortSignal,
): Promise<SourceRestore> {
  if (now?.repoURL !== before.repoURL || now.path !== before.path)
    throw new Never(
      `the earlier release was made of ${withoutPassword(before.repoURL)} path "${before.path}", which is not its source now: change spec.source instead`,
    )
  if (before.tree === now.tree && before.tree !== '') return { source: now, edits: [] }
  const [were, are] = [await git.files(before, before.revision, signal), await git.files(now, now.revision, signal)]
  const edits = restoreFiles(were, are)
  if ('problem' in edits)
    throw new Never(`${withoutPassword(before.repoURL)} path "${before.path}" can not be reverted: ${edits.problem}`)
  return { source: now, edits }
}

/** Whether the sources say again what an application was held for: then it is held no longer. */
export function isReverted(commits: readonly string[], held: ReleaseRecord, newest: ReleaseRecord): boolean {
  if (commits.length === 0 || newest.release <= held.release || newest.problems.length > 0) return false
  const isObserved = commits.every((commit) => newest.sources.some(({ revision }) => revision === commit))
  return isObserved || newest.digest === held.digest
}
