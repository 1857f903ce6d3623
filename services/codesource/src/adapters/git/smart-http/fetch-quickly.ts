import { GitCommandError } from '../run-git'
import { NoGitHostError, NotUnderstoodError, SilentHostError, type GitHttp } from './git-http'
import { quickFetch, type QuickMirror } from './quick-fetch'

const deadlineMs = 60_000
const againAfterMs = 600_000

/** A mirror that remembers whether its host can be asked without git. */
export interface AskedMirror extends QuickMirror {
  readonly isComplete: boolean
  /** Whether the host is known to speak what we speak. */
  isSpokenTo: boolean
  /** Before that moment (of the monotonic clock) it is left to git. */
  leftToGitUntil: number
}

/**
 * Fetches without git where that can be done; false leaves it to git, which is right about everything unusual.
 * @throws GitCommandError when the host is silent, or none: git would hear no more of it, or take it for an empty repository
 */
export async function fetchQuickly(
  http: GitHttp,
  mirror: AskedMirror,
  refs: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (!mirror.isComplete || performance.now() < mirror.leftToGitUntil) return false
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  try {
    if (!mirror.isSpokenTo) await http.checkVersion(bounded)
    mirror.isSpokenTo = true
    await quickFetch(http, mirror, refs, bounded)
    return true
  } catch (error) {
    signal.throwIfAborted()
    throwIfNoHost(error)
    mirror.refs = undefined
    mirror.isSpokenTo = false
    if (error instanceof NotUnderstoodError) mirror.leftToGitUntil = performance.now() + againAfterMs
    return false
  }
}

/**
 * Whether there is a git host at all, where git has found nothing.
 * @throws GitCommandError
 */
export async function checkHost(http: GitHttp, signal: AbortSignal): Promise<void> {
  try {
    await http.checkVersion(signal)
  } catch (error) {
    signal.throwIfAborted()
    throwIfNoHost(error)
  }
}

function throwIfNoHost(error: unknown): void {
  if (error instanceof NoGitHostError) throw new GitCommandError({ stderr: `fatal: ${error.message}` }, 'fetch')
  if (error instanceof SilentHostError) throw new GitCommandError({ stderr: '', ended: 'deadline' }, 'fetch')
}
