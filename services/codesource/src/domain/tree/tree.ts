/** What a path is in a commit. */
export interface TreePath {
  readonly path: string
  /** Empty when the commit has no such path. */
  readonly id: string
  readonly kind: 'tree' | 'blob' | ''
}

/** A file below a path, relative to it. */
export interface TreeFile {
  readonly path: string
  readonly id: string
  readonly content: Buffer
  readonly isLink: boolean
  /** Why a link was not followed; empty otherwise. */
  readonly linkProblem: LinkProblem | ''
}

/** Why a link leads to no file of its commit. */
export type LinkProblem = 'outside' | 'dangling' | 'loop' | 'directory'

export interface ReadOptions {
  readonly recurse: boolean
  /** The files may not be larger together. */
  readonly maxBytes: number
  /** Only files whose names end so; all when empty. */
  readonly suffixes: readonly string[]
  readonly followLinks: boolean
}

/** No such repository, commit or path. */
export class TreeMissingError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TreeMissingError'
  }
}

/** The mirror lacks what it should have: it must be made again. */
export class BrokenMirrorError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BrokenMirrorError'
  }
}

/** Git itself would not let it be: no second try mends it. */
export class TreeMalformedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TreeMalformedError'
  }
}

/** More than was asked for. */
export class TreeTooLargeError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TreeTooLargeError'
  }
}

/** The expression by which git finds a path of a commit; undefined where the path leaves the repository. */
export function expressionOf(commit: string, path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return undefined
  return parts.length === 0 ? `${commit}^{tree}` : `${commit}:${parts.join('/')}`
}
