import type { Problem } from '@k8or/contracts'

/** One thing that a target revision may stand for: what git is asked, and the ref that it then is. */
export interface Candidate {
  readonly expression: string
  /** The full ref; null where the commit itself is named. */
  readonly ref: string | null
}

const fullCommit = /^[0-9a-f]{40}$/
const shortCommit = /^[0-9a-f]{7,39}$/
// What git forbids in names of refs, and what would change the meaning of a question to git.
const forbidden = /[\p{Cc}\s~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock$/u
const constraint = /^\s*(?:[<>=~^!]|v?\d+(?:\.\d+)*\.[x*]|[x*]$|\*)|\s-\s|\|\|/i

/** A commit by its full id, which needs no ref to be known. */
export function isFullCommit(target: string): boolean {
  return fullCommit.test(target.toLowerCase())
}

/**
 * What a target revision may stand for, in the order in which Argo CD looks: full id, HEAD, the name of a ref, full or
 * short, a shortened id. `head` is the ref that HEAD points to.
 */
export function candidatesOf(target: string, head: string | undefined): readonly Candidate[] {
  if (isFullCommit(target)) return [{ expression: target.toLowerCase(), ref: null }]
  if (target === '' || target === 'HEAD') return head === undefined ? [] : [{ expression: head, ref: head }]
  if (forbidden.test(target)) return []
  if (target.startsWith('refs/')) return [{ expression: target, ref: target }]
  const refs = [`refs/heads/${target}`, `refs/tags/${target}`, `refs/${target}`]
  const named = refs.map((ref) => ({ expression: ref, ref }))
  return shortCommit.test(target) ? [...named, { expression: target, ref: null }] : named
}

/** Whether a name that a host tells can be a ref, and nothing but a ref. */
export function isSafeRef(name: string): boolean {
  return name.startsWith('refs/') && !forbidden.test(name) && !/\/\.|\.lock\//.test(name)
}

/** A ref that mirrors do not hold by themselves, such as `refs/pull/7/head`. */
export function isUnusualRef(target: string): boolean {
  return target.startsWith('refs/') && !/^refs\/(heads|tags)\//.test(target) && !forbidden.test(target)
}

/** Why nothing was found. */
export function unresolvedProblem(url: string, target: string): Problem {
  const named = target === '' ? 'HEAD' : target
  if (constraint.test(target)) {
    const message = `target revision "${target}" of ${url} is a version constraint, which is not supported yet: name a tag, branch or commit`
    return { reason: 'RevisionUnsupported', message, field: 'targetRevision' }
  }
  const message =
    named === 'HEAD'
      ? `repository ${url} has no commit on its default branch: push one, or set targetRevision`
      : `target revision "${named}" is not in ${url}: no branch, tag or commit has that name`
  return { reason: 'RevisionNotFound', message, field: 'targetRevision' }
}

/** A shortened id that more than one object has. */
export function ambiguousProblem(url: string, target: string): Problem {
  const message = `target revision "${target}" of ${url} is ambiguous: give more digits of the commit`
  return { reason: 'RevisionAmbiguous', message, field: 'targetRevision' }
}
