/** Where the API server keeps objects of one kind. */
export interface ResourceType {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

/** Splits `apps/v1/Deployment` into its API version and kind. */
export function parseType(type: string): { apiVersion: string; kind: string } {
  const cut = type.lastIndexOf('/')
  if (cut < 1) throw new Error(`"${type}" is not a type such as v1/Pod or apps/v1/Deployment`)
  return { apiVersion: type.slice(0, cut), kind: type.slice(cut + 1) }
}

/** Splits `namespace/name`; a name alone belongs to no namespace. */
export function parseKey(key: string): { namespace: string | undefined; name: string } {
  const cut = key.indexOf('/')
  return cut < 0 ? { namespace: undefined, name: key } : { namespace: key.slice(0, cut), name: key.slice(cut + 1) }
}

/** Path of the API of one group and version. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}

/** Path of the collection that holds objects of a type. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${versionPath(type.apiVersion)}${scope}/${type.plural}`
}

/** Path of one object. */
export function objectPath(type: ResourceType, name: string, namespace = 'default'): string {
  return `${collectionPath(type, namespace)}/${encodeURIComponent(name)}`
}
