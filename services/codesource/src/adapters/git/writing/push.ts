import { CommitError } from '../../../domain/commit/request'
import { GitCommandError, runGit } from '../run-git'
import type { GitHttp } from '../smart-http/git-http'
import type { NewObject } from './new-object'
import { packOf } from './pack'

const deadlineMs = 60_000

/** A push of one commit. */
export interface Push {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  readonly ref: string
  readonly commit: string
  /** The head that it was made on. */
  readonly expected: string
  readonly isNew: boolean
}

/** What hosts say when the branch is no longer where it was. */
const raced =
  /failed to update ref|failed to lock|\[rejected\]|stale info|fetch first|non-fast-forward|cannot lock ref|incorrect old value|reference already exists/
const refused = /\[remote rejected\] ?(?:\((.*)\))?/

/**
 * Pushes only if the branch is where the commit was made on.
 * @throws CommitError when the host says no; GitCommandError when it can not be reached
 */
export async function pushByGit(push: Push, signal: AbortSignal): Promise<'pushed' | 'raced'> {
  const lease = `--force-with-lease=${push.ref}:${push.isNew ? '' : push.expected}`
  const args = ['push', '--porcelain', '--quiet', '--no-verify', lease, '--', push.url, `${push.commit}:${push.ref}`]
  try {
    await runGit({ args, env: push.env, deadlineMs, signal })
    return 'pushed'
  } catch (error) {
    if (!(error instanceof GitCommandError) || error.failure.ended) throw error
    const { stderr, stdout = '' } = error.failure
    const line = stdout.split('\n').find((one) => one.startsWith('!')) ?? ''
    if (raced.test(line)) return 'raced'
    const [isRefused, reason = 'no reason given'] = refused.exec(line) ?? []
    if (isRefused === undefined) throw error
    throw refusedBy(push, reason, remoteWords(stderr), error)
  }
}

/**
 * Does the same over a connection that is open already, with one question and no process; undefined leaves it to git,
 * which is right about everything unusual. A push that was carried out all the same is found in the branch.
 * @throws CommitError when the host says no
 */
export async function pushQuickly(
  http: GitHttp,
  push: Push,
  objects: readonly NewObject[],
  signal: AbortSignal,
): Promise<'pushed' | 'raced' | undefined> {
  const { ref, commit, expected, isNew } = push
  const pack = await packOf(objects)
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  const old = isNew ? '0'.repeat(40) : expected
  const report = await http.pushPack(`${old} ${commit} ${ref}`, pack, bounded).catch(() => undefined)
  signal.throwIfAborted()
  if (!report?.lines.includes('unpack ok')) return undefined
  if (report.lines.includes(`ok ${ref}`)) return 'pushed'
  const reason = report.lines.find((line) => line.startsWith(`ng ${ref} `))?.slice(`ng ${ref} `.length)
  if (reason === undefined || /object/.test(reason)) return undefined
  if (raced.test(reason)) return 'raced'
  throw refusedBy(push, reason, report.words.replace(/\s+/g, ' ').trim().slice(0, 300))
}

/** The host has the commit and will not have it on that branch. */
function refusedBy({ url, ref }: Push, reason: string, words: string, cause?: unknown): CommitError {
  const branch = ref.replace(/^refs\/heads\//, '')
  const said = words === '' ? reason : `${reason}: ${words}`
  const message = `push to branch ${branch} of ${url} was refused by its host (${said}): let the mesh push there, or name another branch`
  return new CommitError('refused', message, { cause })
}

/** What the host's hooks told people. */
function remoteWords(stderr: string): string {
  const lines = stderr.split('\n').flatMap((line) => /^remote: ?(.*\S)/.exec(line)?.[1] ?? [])
  return lines.join(' ').slice(0, 300)
}
