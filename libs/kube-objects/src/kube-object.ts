/** A Kubernetes object as JSON; times stay text, unknown fields stay. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    generation?: number
    creationTimestamp?: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
    managedFields?: ManagedFields[]
    finalizers?: string[]
    [field: string]: unknown
  }
  [field: string]: unknown
}

/** What one field manager owns of an object, as the API server keeps it. */
export interface ManagedFields {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time?: string
  fieldsType: string
  fieldsV1: Record<string, unknown>
  subresource?: string
}

/** Whether one resource version is older than another; those that are no numbers never are. */
export function isOlderVersion(a: string | undefined, b: string | undefined): boolean {
  const left = Number(a)
  const right = Number(b)
  return Number.isFinite(left) && Number.isFinite(right) && left < right
}
