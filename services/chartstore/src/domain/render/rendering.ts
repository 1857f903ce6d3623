import type { DeclaredSource, Problem, ReleaseRecord, ResolvedSource } from '@k8or/contracts'
import type { Capabilities } from './capabilities'

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

/** Paths outside the trees of the sources, with the ids found there: a release of equal ones is the same release. */
export type Reads = ReleaseRecord['reads']

/** What a source comes to; with problems, the objects are not to be used. */
export interface Rendered {
  /** The name of what rendered it; absent where it did not come to that. */
  readonly tool?: string
  readonly objects: readonly RenderedObject[]
  readonly problems: readonly Problem[]
  /** What is odd and does not hinder. */
  readonly warnings?: readonly Problem[]
  readonly reads?: Reads
  /** Facts about the target or the commit that made a difference, by name. */
  readonly consulted?: Readonly<Record<string, string>>
}

export type SourceToRender = DeclaredSource

/** A source with the commit and tree that it is rendered at. */
export interface LocatedSource {
  readonly declared: DeclaredSource
  readonly resolved: ResolvedSource
}

/** Whom and where the objects are for. */
export interface RenderTarget {
  /** The name of the application, with its namespace where that is not the mesh's own. */
  readonly instance: string
  readonly project: string
  /** The destination's. */
  readonly namespace: string
  /** What the cluster is called. */
  readonly cluster: string
  /** Asked for only where a tool wants to know; undefined while nobody knows. */
  readonly capabilities: () => Promise<Capabilities | undefined>
}
