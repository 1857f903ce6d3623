import { CommandError } from '../errors'

const nextSteps: Readonly<Record<string, string>> = {
  unauthenticated: 'check K8OR_TOKEN',
  permission_denied: 'ask for the right, or use another token',
  not_found: 'see `k8or app list`',
  failed_precondition: 'wait for it to end (`k8or app wait`), then ask again',
  unavailable: 'try again in a moment',
  deadline_exceeded: 'a service of the mesh is slow; try again in a moment',
}
const byStatus: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'permission_denied',
  502: 'unavailable',
  503: 'unavailable',
  504: 'deadline_exceeded',
}

/** What the mesh said instead of an answer. `code` is Connect's, in words. */
export class RefusedError extends CommandError {
  constructor(
    message: string,
    readonly code: string,
    nextStep: string | undefined,
  ) {
    super(message, nextStep)
    this.name = 'RefusedError'
  }
}

/** Reads a refusal: Connect's JSON, or what anything on the way has to say. */
export function describeRefusal(status: number, text: string, url: string): RefusedError {
  const { code, message } = parseRefusal(text)
  const word = code ?? byStatus[status] ?? 'unknown'
  const what =
    message ?? (word === 'unauthenticated' ? `${url} does not accept the token` : `${url} answered ${status}`)
  return new RefusedError(what, word, nextStepOf(word, what))
}

function nextStepOf(word: string, what: string): string | undefined {
  // Commits and dead letters are not found either, and no list of applications helps with those.
  if (word === 'not_found' && !what.includes('application')) return undefined
  if (word !== 'unavailable') return nextSteps[word]
  if (/\bcluster \S+ (does not answer|is busy|can not be compared)/.test(what))
    return 'see `k8or cluster list`; the mesh itself is well'
  return isServiceDown(what) ? 'a service of the mesh is down; try again in a moment' : nextSteps[word]
}

/** What AccessPoint says of a service that it can not reach, or what stands before AccessPoint of that. */
function isServiceDown(what: string): boolean {
  return what.includes('can not be asked now') || / answered 50[23]$/.test(what)
}

function parseRefusal(text: string): { code?: string; message?: string } {
  try {
    const { code, message } = JSON.parse(text) as Record<string, unknown>
    return {
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof message === 'string' && message !== '' ? { message } : {}),
    }
  } catch {
    return {}
  }
}
