import { pathProblem } from './path'

/** One file as it shall be. */
export interface FileEdit {
  /** From the repository's root. */
  readonly path: string
  /** The git id of the content that the edit was made from; empty when the file is new. */
  readonly baseId: string
  /** Absent where the file is to be taken away. */
  readonly content: Buffer | undefined
}

/** A wish to write to a branch. */
export interface CommitRequest {
  readonly edits: readonly FileEdit[]
  readonly message: string
  /** What makes a repetition recognisable. */
  readonly operation: string
  readonly actor: string
  readonly causes: readonly string[]
  readonly correlationId: string
  readonly traceparent: string | undefined
}

/** Where to write: an empty branch is the default one; `base` is where a branch that is not there yet begins. */
export interface BranchWish {
  readonly branch: string
  readonly base: string
}

/** Why a request is not carried out: it is wrong, its place is not there, others changed the file, the host says no. */
export type CommitFailure = 'invalid' | 'missing' | 'changed' | 'refused'

/** A request that is not carried out; asking for the same again does not help. */
export class CommitError extends Error {
  constructor(
    readonly failure: CommitFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'CommitError'
  }
}

const mostBytes = 8 << 20
const wordForm = /^[\x21-\x7e]{1,400}$/
// Line breaks and tabs are the only control characters of a message.
const unprintable = /(?![\n\t])\p{Cc}/u

/** @throws CommitError that names the field */
export function checkRequest({ edits, message, operation, causes }: CommitRequest): void {
  if (!wordForm.test(operation)) throw invalid('operation', 'it must be 1 to 400 printable characters without spaces')
  if (!causes.every((cause) => wordForm.test(cause))) throw invalid('causes', 'each must be the id of a fact')
  if (message.trim() === '') throw invalid('message', 'it is empty')
  if (unprintable.test(message)) throw invalid('message', 'it holds control characters')
  if (edits.length === 0) throw invalid('edits', 'there are none')
  checkEdits(edits)
}

function checkEdits(edits: readonly FileEdit[]): void {
  const seen = new Set<string>()
  let bytes = 0
  for (const { path, baseId, content } of edits) {
    const problem = pathProblem(path)
    if (problem !== undefined) throw invalid(`edits: path ${JSON.stringify(path)}`, problem)
    if (seen.has(path)) throw invalid(`edits: path ${path}`, 'it is there twice')
    if (!/^([0-9a-f]{40})?$/.test(baseId))
      throw invalid(`edits: base_id of ${path}`, 'it is not the id of a git object')
    seen.add(path)
    bytes += content?.length ?? 0
  }
  if (bytes > mostBytes) throw invalid('edits', `they are larger together than ${mostBytes >> 20} MiB`)
}

function invalid(field: string, why: string): CommitError {
  return new CommitError('invalid', `${field}: ${why}`)
}
