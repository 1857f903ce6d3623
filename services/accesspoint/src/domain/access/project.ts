/** A kind in a list of a project: globs; without a name, any name. */
export interface KindPattern {
  readonly group: string
  readonly kind: string
  readonly name?: string | undefined
}

/** Where a project lets its applications go; each part is a glob, `!` denies. */
export interface DestinationPattern {
  readonly server: string
  readonly name: string
  readonly namespace: string
}

/** What of an AppProject decides about calls. */
export interface Project {
  readonly name: string
  readonly destinations: readonly DestinationPattern[]
  readonly sourceNamespaces: readonly string[]
  readonly clusterResourceWhitelist: readonly KindPattern[]
  readonly clusterResourceBlacklist: readonly KindPattern[]
  /** Absent permits every kind; empty permits none. */
  readonly namespaceResourceWhitelist: readonly KindPattern[] | undefined
  readonly namespaceResourceBlacklist: readonly KindPattern[]
  readonly permitOnlyProjectScopedClusters: boolean
}

/** What of an Application decides about calls. */
export interface Application {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** Empty in the declaration means `default`; here it is filled in. */
  readonly project: string
  readonly destination: { readonly server: string; readonly name: string; readonly namespace: string }
}
