/**
 * Headers of calls through AccessPoint's cluster proxy. The application is only named: its project and destination
 * AccessPoint looks up itself. Release and lease fence a mutation: what is older than seen is refused with 409. A step back to an older release counts as newer than what it undoes.
 */
export const gateHeaders = {
  /** The uid of the application on whose behalf a mutation is made. */
  application: 'k8or-application',
  /** The release that the mutation applies. */
  release: 'k8or-release',
  /** How often the application was set back to an older release before that; absent is never. */
  setbacks: 'k8or-setbacks',
  /** The lease revision under which the caller owns the application's bucket. */
  lease: 'k8or-lease',
} as const

/** The name of the cluster that the mesh itself is declared on, and its address in declarations, as Argo CD has them. */
export const hubCluster = { name: 'in-cluster', server: 'https://kubernetes.default.svc' } as const

/** What managed objects carry. */
export const managedMarks = {
  /** Annotation: `<instance>:<group>/<kind>:<namespace>/<name>`, as Argo CD tracks. */
  trackingId: 'argocd.argoproj.io/tracking-id',
  /** Label: the bucket of the application, by which SyncMaster selects what to watch. */
  bucket: 'k8or.dev/bucket',
  /** Label: the uid of the application. */
  application: 'k8or.dev/application',
} as const

/** The field manager of every apply, Argo CD's own: taking over from it and moving back change nothing. */
export const fieldManager = 'argocd-controller'
