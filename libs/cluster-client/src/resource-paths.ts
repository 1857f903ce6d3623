import type { ApiResource } from './clusters'

/** The path of a group and version: `/api/v1`, `/apis/apps/v1`. */
export function versionPath(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
}

/** The path of all objects of a kind, in one namespace or (when it is empty) in all. */
export function collectionPath(resource: ApiResource, namespace: string): string {
  const within = resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${versionPath(resource)}${within}/${resource.plural}`
}

/** The path of one object. */
export function objectPath(resource: ApiResource, namespace: string, name: string): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`
}

/** A query of those parameters that have a value, with its question mark; empty when none has. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') query.set(key, String(value))
  return query.size === 0 ? '' : `?${query.toString()}`
}
