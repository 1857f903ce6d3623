/** One render of a host. Everything it may read comes with it: a host opens nothing. */
export interface RenderRequest {
  readonly op: 'helm' | 'kustomize'
  /** The folder to render, in the repository. */
  readonly path: string
  /** Texts by their path in the repository. */
  readonly files: Readonly<Record<string, string>>
  /** What is no text, in base64. */
  readonly binary: Readonly<Record<string, string>>
  /** Folders that exist, although none of their files may be here. */
  readonly folders: readonly string[]
  /** Paths that the commit does not have. */
  readonly absent: readonly string[]
  readonly helm?: HelmOptions
  readonly kustomize?: KustomizeOptions
}

/** What `helm template` has as flags. */
export interface HelmOptions {
  readonly name: string
  readonly namespace: string
  readonly kubeVersion: string
  readonly apiVersions: readonly string[]
  /** Files of values, later ones win. */
  readonly values: readonly NamedText[]
  readonly set: readonly string[]
  readonly setString: readonly string[]
  readonly setFile: readonly NamedText[]
  readonly includeCRDs: boolean
  readonly skipSchema: boolean
}

/** What `kustomize build` has as flags. */
export interface KustomizeOptions {
  readonly loadRestrictionsNone: boolean
}

/** A text with what it is called in messages. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/** What a render comes to: objects, or a problem, or paths of which must be known what they are. */
export interface RenderAnswer {
  readonly objects: readonly { readonly file: string; readonly object: unknown }[]
  readonly problem?: {
    readonly reason: string
    readonly message: string
    readonly file?: string
    readonly field?: string
  }
  /** Paths that the answer depends on, absent ones among them. */
  readonly reads: readonly string[]
  readonly misses: readonly string[]
  /** Template functions that were used and give something else each time. */
  readonly nonDet: readonly string[]
  /** Facts about the cluster that may make a difference. */
  readonly consults: readonly ('kubeVersion' | 'apiVersions')[]
}
