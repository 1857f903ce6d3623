import type { ServiceName } from '@k8or/contracts'

/** What a service may do with clusters; what is not here, it may not. */
export interface Grant {
  /** get, list and watch on every cluster. */
  readonly reads: boolean
  /** Mutations for an application, within what the application's project permits. */
  readonly forApplications: boolean
  /** Own objects on the hub. */
  readonly onHub: readonly HubGrant[]
}

/** A right to objects of the mesh itself. */
export interface HubGrant {
  readonly rule: string
  readonly group: string
  readonly plural: string
  readonly verbs: readonly string[]
  /** When given, a patch may hold these fields only; a field of metadata is written `metadata.<field>`. */
  readonly fields?: readonly string[]
}

const nothing: Grant = { reads: false, forApplications: false, onHub: [] }

/** The rights of every service. */
export const grants: Readonly<Record<ServiceName, Grant>> = {
  accesspoint: nothing,
  codesource: nothing,
  chartstore: nothing,
  insighthub: { reads: true, forApplications: false, onHub: [] },
  syncmaster: {
    reads: true,
    forApplications: true,
    onHub: [
      {
        rule: 'service:syncmaster:application-status',
        group: 'argoproj.io',
        plural: 'applications',
        verbs: ['patch'],
        fields: [
          ...['apiVersion', 'kind', 'status', 'operation', 'metadata.annotations', 'metadata.finalizers'],
          ...['metadata.labels', 'metadata.resourceVersion', 'metadata.uid'],
        ],
      },
      { rule: 'service:syncmaster:events', group: '', plural: 'events', verbs: ['create', 'patch'] },
      { rule: 'service:syncmaster:events', group: 'events.k8s.io', plural: 'events', verbs: ['create', 'patch'] },
    ],
  },
}

/** What a service that reads may read besides objects themselves. */
export const readableSubresources: ReadonlySet<string> = new Set(['', 'status', 'scale', 'log'])

/** Paths that are no objects and tell nothing but what a cluster serves. */
export function isDiscovery(path: string): boolean {
  return /^\/(version|api|apis|openapi)(\/|$)/.test(path)
}
