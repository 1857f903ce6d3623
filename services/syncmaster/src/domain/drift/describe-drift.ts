import { fieldManager } from '@k8or/contracts'
import type { KubeObject, ManagedFields } from '@k8or/kube-objects'
import { diffFields, formatPath, type FieldChange } from '@k8or/kube-objects'
import { ownsPath } from './projection'

/** Which fields of an object are no longer as desired, and who has them now. */
export interface DriftDescription {
  readonly fields: string[]
  readonly manager: string
}

/** Tells a drift: at most 20 fields, and the manager that took the first of them, where the API server names one. */
export function describeDrift(desired: KubeObject, live: KubeObject): DriftDescription {
  const changes = diffFields(live, desired, { limit: 20 })
  return { fields: changes.map((change) => formatPath(change.path)), manager: managerBehind(live, changes) }
}

const fewFields = 3

/** A drift in one line: `ConfigMap shop/web: .data.color changed by kubectl-edit`. */
export function formatDrift(
  object: string,
  kind: 'changed' | 'deleted',
  { fields, manager }: DriftDescription,
): string {
  if (kind === 'deleted') return `${object} was deleted`
  if (fields.length === 0) return `${object} was changed`
  const more = fields.length > fewFields ? ` and ${fields.length - fewFields} more fields` : ''
  const who = manager === '' ? '' : ` by ${manager}`
  return `${object}: ${fields.slice(0, fewFields).join(', ')}${more} changed${who}`
}

function managerBehind(live: KubeObject, changes: readonly FieldChange[]): string {
  const others = (live.metadata.managedFields ?? []).filter(isSomebodyElse).sort(newestFirst)
  const owner = others.find((entry) => changes.some((change) => ownsPath(entry, live, change.path)))
  // A field that was removed has no owner: whoever wrote last did it.
  return (owner ?? others.find((entry) => entry.operation === 'Update') ?? others[0])?.manager ?? ''
}

function isSomebodyElse(entry: ManagedFields): boolean {
  return !entry.subresource && !(entry.manager === fieldManager && entry.operation === 'Apply')
}

function newestFirst(a: ManagedFields, b: ManagedFields): number {
  return Date.parse(b.time ?? '') - Date.parse(a.time ?? '')
}
