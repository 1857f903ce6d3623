import type { ImageReference, Problem } from '@k8or/contracts'

/** A file as text, by its path. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** The version that a file is to name. */
export interface WantedVersion {
  /** Another name, where that changes too. */
  readonly name?: string
  /** Empty where a digest alone is wanted. */
  readonly tag: string
  readonly digest?: string
  /** Named by digest, whatever was named before. */
  readonly isPinned: boolean
}

/** Where a file names an image, and as what. */
export interface Named {
  readonly field: string
  readonly reference: ImageReference
}

/** One field that was changed. */
export interface FieldChange {
  readonly field: string
  readonly from: string
  readonly to: string
}

export interface Edited {
  readonly text: string
  readonly changes: readonly FieldChange[]
}

/** A file can not be edited so that only what is meant changes. */
export class NotEditableError extends Error {
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.message, options)
    this.name = 'NotEditableError'
  }
}

/** What a field says once it names the wanted version; a digest stays where there was one. */
export function versioned(written: ImageReference, wanted: WantedVersion): ImageReference {
  const { name = written.name, tag, digest, isPinned } = wanted
  if (!isPinned && written.tag === tag) return { ...written, name }
  const keepsDigest = digest !== undefined && (isPinned || written.digest !== undefined)
  const hadDigestAlone = isPinned && keepsDigest && written.tag === undefined && written.digest !== undefined
  return { name, ...(hadDigestAlone || tag === '' ? {} : { tag }), ...(keepsDigest ? { digest } : {}) }
}

/** Whether a field names the wanted version already. */
export function isVersioned(written: ImageReference, wanted: WantedVersion): boolean {
  const { name, tag, digest } = versioned(written, wanted)
  return written.name === name && written.tag === tag && written.digest === digest
}
