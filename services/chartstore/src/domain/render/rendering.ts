import type { DeclaredSource, Problem } from '@k8or/contracts'

/** A file of a source, below the source's path. */
export interface SourceFile {
  readonly path: string
  readonly content: Uint8Array
  /** A symbolic link: the content is its target. */
  readonly isLink: boolean
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
