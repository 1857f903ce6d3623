import type { DeclaredSource, Problem } from '@k8or/contracts'

/** A file of a source, below the source's path. */
export interface SourceFile {
  readonly path: string
  readonly content: Uint8Array
  /** A symbolic link: the content is its target, unless `link` says that it was followed. */
  readonly isLink: boolean
  /** What became of a link where the files were read: `followed`, or why not. */
  readonly link?: 'followed' | 'outside' | 'dangling' | 'loop' | 'directory'
  /** The git id of the content. */
  readonly id?: string
}

/** Which files of a source are needed. */
export interface WantedFiles {
  /** Those of folders below too. */
  readonly recurse: boolean
  /** Only those whose names end so; all when empty. */
  readonly suffixes: readonly string[]
}

/** A Kubernetes object as a source has it. */
export interface ManifestObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** An object with the file that it came from. */
export interface RenderedObject {
  readonly file: string
  readonly object: ManifestObject
}

/** What a source comes to; with problems, the objects are not to be used. */
export interface Rendered {
  readonly objects: readonly RenderedObject[]
  readonly problems: readonly Problem[]
}

export type SourceToRender = DeclaredSource
