import type { ObjectRef } from '@k8or/contracts'

/** A kind, as far as finding it on a cluster needs. */
export interface KindRef {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** What of an object says which one it is. */
export interface Identified {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined }
}

/** The group and version of an `apiVersion`; the core group is empty. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** Group and version in one text, as objects have it: `apps/v1`, `v1`. */
export function joinApiVersion({ group, version }: Pick<KindRef, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

/** Which object this is. */
export function refOf({ apiVersion, kind, metadata: { name, namespace = '' } }: Identified): ObjectRef {
  return { ...splitApiVersion(apiVersion), kind, namespace, name }
}

/** An object's identity as a text: the version does not count, an API group may serve several. */
export function keyOf(ref: Pick<ObjectRef, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`
}

/** An object as people name it: `Deployment shop/web`, `ClusterRole reader`. */
export function nameOf(ref: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`
}
