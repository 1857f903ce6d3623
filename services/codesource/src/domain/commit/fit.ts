import { createHash } from 'node:crypto'
import { CommitError, type CommitRequest } from './request'

/** What a path is at the head of a branch. */
export type FileState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly id: string }
  /** Something else is there, or on the way there. */
  | { readonly kind: 'blocked'; readonly why: string }

/** Files as they shall be; those without content are taken away. */
export type FileContents = ReadonlyMap<string, Buffer | undefined>

/** What becomes of the requests that wait for one branch. */
export interface Fit<Request> {
  /** They go into the next commit. */
  readonly accepted: readonly Request[]
  /** The branch already is as they want it. */
  readonly needless: readonly Request[]
  readonly failed: readonly { readonly request: Request; readonly error: CommitError }[]
  /** The files of the next commit. */
  readonly contents: FileContents
}

/** Takes requests in their order: one whose files are not what it was made from fails alone. */
export function fitRequests<Request extends CommitRequest>(
  requests: readonly Request[],
  states: ReadonlyMap<string, FileState>,
): Fit<Request> {
  const fit = { accepted: [] as Request[], needless: [] as Request[], failed: [] as Fit<Request>['failed'][number][] }
  const contents = new Map<string, Buffer | undefined>()
  const ids = new Map<string, string>()
  for (const [path, state] of states) ids.set(path, state.kind === 'file' ? state.id : '')
  for (const request of requests) {
    const error = problemOf(request, states, ids) ?? crossing(request, contents)
    if (error) fit.failed.push({ request, error })
    else if (request.edits.every(({ path, content }) => ids.get(path) === blobId(content))) fit.needless.push(request)
    else {
      fit.accepted.push(request)
      for (const { path, content } of request.edits) {
        contents.set(path, content)
        ids.set(path, blobId(content))
      }
    }
  }
  return { ...fit, contents }
}

function problemOf(
  { edits }: CommitRequest,
  states: ReadonlyMap<string, FileState>,
  ids: ReadonlyMap<string, string>,
): CommitError | undefined {
  for (const { path, baseId, content } of edits) {
    const state = states.get(path)
    if (state?.kind === 'blocked') return new CommitError('invalid', `edits: path ${path}: ${state.why}`)
    const id = ids.get(path) ?? ''
    if (id !== baseId && id !== blobId(content)) return changed(path, baseId, id)
  }
  return undefined
}

/** Of two new paths one can not be a folder of the other. */
function crossing({ edits }: CommitRequest, contents: FileContents): CommitError | undefined {
  const written = [...contents, ...edits.map(({ path, content }) => [path, content] as const)]
  const paths = new Set(written.filter(([, content]) => content !== undefined).map(([path]) => path))
  for (const path of paths) {
    const folder = foldersOf(path).find((one) => paths.has(one))
    if (folder !== undefined) return new CommitError('invalid', `edits: path ${path}: ${folder} is written as a file`)
  }
  return undefined
}

function foldersOf(path: string): string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_segment, index) => segments.slice(0, index + 1).join('/'))
}

function changed(path: string, baseId: string, id: string): CommitError {
  const now = id === '' ? 'is not there' : `is ${id} there`
  const from = baseId === '' ? 'it was to be new' : `the edit was made from ${baseId}`
  return new CommitError('changed', `file ${path} ${now}, ${from}: read it again and ask anew`)
}

/** The id that git gives to a file's content; empty for a file that is not there. */
export function blobId(content: Buffer | undefined): string {
  if (content === undefined) return ''
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}
