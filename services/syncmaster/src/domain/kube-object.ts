import type { ObjectRef } from '@k8or/contracts'

/** A Kubernetes object as JSON; unknown fields stay. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: KubeMetadata
  [field: string]: unknown
}

/** The metadata that decisions are made of. */
export interface KubeMetadata {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  managedFields?: ManagedFields[]
  finalizers?: string[]
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

/** A kind, as far as finding it on a cluster needs. */
export interface KindRef {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The group and version of an `apiVersion`; the core group is empty. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** Which object this is. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata
  return { ...splitApiVersion(object.apiVersion), kind: object.kind, namespace: namespace ?? '', name }
}

/** An object's identity as a text: the version does not count, an API group may serve several. */
export function keyOf(ref: Pick<ObjectRef, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`
}

/** An object as people name it: `Deployment shop/web`, `ClusterRole reader`. */
export function nameOf(ref: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`
}

/** Orders as Argo CD lists resources: group, kind, namespace, name. */
export function compareRefs(a: ObjectRef, b: ObjectRef): number {
  return (
    compareTexts(a.group, b.group) ||
    compareTexts(a.kind, b.kind) ||
    compareTexts(a.namespace, b.namespace) ||
    compareTexts(a.name, b.name)
  )
}

/** Orders texts by their code units, the same in every locale. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether one resource version is older than another; those that are no numbers never are. */
export function isOlderVersion(a: string | undefined, b: string | undefined): boolean {
  const left = Number(a)
  const right = Number(b)
  return Number.isFinite(left) && Number.isFinite(right) && left < right
}
