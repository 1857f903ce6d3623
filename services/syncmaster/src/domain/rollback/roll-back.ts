import { describeError, Never } from '@k8or/outcome'
import type { Application } from '../application/application'
import type { Ports } from '../ports'
import type { Way } from './find-release'
import { noteReverts } from './change-hold'
import { checkRollback, requestRollback, type RollbackRequest } from './request-rollback'
import { planRevert, type Git, type SourceRestore } from './revert-git'

/** What came of asking for a rollback. */
export interface TakenRollback {
  /** A sync was running, and is ended first. */
  readonly endsRunning: boolean
  /** The commits that revert git. */
  readonly commits: readonly string[]
}

/** Asks for a rollback of the clusters alone. */
export async function rollBack(
  { applications, marks }: Pick<Ports, 'applications' | 'marks'>,
  application: Application,
  request: RollbackRequest,
  signal: AbortSignal,
): Promise<TakenRollback> {
  const endsRunning = await requestRollback(applications, application, request, signal)
  marks.mark(application.uid)
  return { endsRunning, commits: [] }
}

/**
 * Asks for a rollback and reverts git. What is to be written is found out first; then the cluster goes back, which does not
 * wait for git; a revert that fails leaves it held.
 */
export async function rollBackWithGit(
  ports: Pick<Ports, 'applications' | 'marks' | 'releases'> & { readonly git: Git },
  application: Application,
  { way, ...request }: RollbackRequest & { readonly way: Way },
  signal: AbortSignal,
): Promise<TakenRollback> {
  checkRollback(application)
  const newest = await ports.releases.latest(application.uid)
  if (!newest) throw new Never(`application ${application.name} has no release to go back from`)
  const restores = await planRevert(ports.git, way.release, newest, signal)
  const { endsRunning } = await rollBack(ports, application, request, signal)
  const wish = wishOf(application, request, newest.factId)
  const commits = await commitAll(ports.git, restores, wish, signal).catch((error: unknown) => {
    throw new Never(
      `application ${application.name} is held at release ${request.release}, but git could not be reverted: ${describeError(error)}; revert it by hand, then resume it (k8or app resume ${application.name})`,
      { cause: error },
    )
  })
  await noteReverts(ports.applications, application, { at: request.at, reverts: commits }, signal)
  ports.marks.mark(application.uid)
  return { endsRunning, commits }
}

function wishOf({ uid, name }: Application, { release, reason, actor, at }: RollbackRequest, cause: string) {
  const message = `Revert ${name} to release ${release}${reason === '' ? '' : `\n\n${reason}`}`
  return { message, actor, causes: [cause], operation: `rollback/${uid}/${release}/${at}` }
}

async function commitAll(
  git: Git,
  restores: readonly SourceRestore[],
  { operation, ...what }: ReturnType<typeof wishOf>,
  signal: AbortSignal,
): Promise<string[]> {
  const commits: string[] = []
  // One after another: two sources may be in one branch.
  for (const [index, { source, edits }] of restores.entries())
    commits.push(await git.commit(source, edits, { ...what, operation: `${operation}/${index}` }, signal))
  return [...new Set(commits)]
}
