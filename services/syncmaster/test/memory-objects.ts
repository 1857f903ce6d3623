import { fieldManager } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'

/** What the API server says is ours of an object that we applied. */
export function ownedFields(object: KubeObject) {
  const data = Object.keys(object['data'] ?? {})
  const fieldsV1 = { 'f:data': Object.fromEntries(data.map((name) => [`f:${name}`, {}])) }
  return { manager: fieldManager, operation: 'Apply' as const, apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 }
}

/** An object without what the API server adds, to compare it. */
export function stripped({ metadata, ...rest }: KubeObject): unknown {
  const { name, namespace = '', labels, annotations, managedFields } = metadata
  return [rest, { name, namespace, labels, annotations, managedFields }]
}

/** A JSON merge patch, applied. */
export function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result = { ...(typeof target === 'object' ? (target as object) : {}) } as Record<string, unknown>
  for (const [name, value] of Object.entries(patch))
    if (value === null) Reflect.deleteProperty(result, name)
    else result[name] = merged(result[name], value)
  return result
}
