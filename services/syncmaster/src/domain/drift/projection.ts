import { fieldManager } from '@k8or/contracts'
import type { KubeObject, ManagedFields } from '@k8or/kube-objects'

type Json = unknown
type FieldSet = Readonly<Record<string, unknown>>

/**
 * The fields of an object that our last apply owns, with their present values, as the API server keeps account of them
 * (ADR 0014). Undefined when nothing of the object is ours.
 */
export function projectOwned(object: KubeObject, manager: string = fieldManager): Json {
  const entry = object.metadata.managedFields?.find(
    (fields) => fields.manager === manager && fields.operation === 'Apply' && !fields.subresource,
  )
  return entry && projectFields(object, entry.fieldsV1)
}

/**
 * Picks the values that a set of fields names. The set is Kubernetes' FieldsV1: `f:<name>` is a field, `k:<json>` a
 * list item by its keys, `v:<json>` an element of a set, `i:<n>` one by position, `.` the node itself.
 */
export function projectFields(value: Json, fields: FieldSet): Json {
  const names = Object.keys(fields)
  if (names.length === 0) return value ?? null
  const picked: Record<string, Json> = {}
  for (const name of names) {
    if (name === '.') picked['.'] = value === undefined ? 'absent' : 'present'
    else picked[name] = projectFields(childOf(value, name), fields[name] as FieldSet)
  }
  return picked
}

function childOf(value: Json, name: string): Json {
  const part = name.slice(2)
  switch (name.slice(0, 2)) {
    case 'f:':
      return isRecord(value) ? value[part] : undefined
    case 'k:':
      return findByKeys(value, part)
    case 'v:':
      return findElement(value, part)
    case 'i:':
      return Array.isArray(value) ? (value[Number(part)] as Json) : undefined
    default:
      return undefined
  }
}

function findByKeys(value: Json, keys: string): Json {
  if (!Array.isArray(value)) return undefined
  const wanted = Object.entries(JSON.parse(keys) as Record<string, Json>)
  return value.find((item: Json) => isRecord(item) && wanted.every(([key, of]) => sameKey(item, key, of)))
}

/** A key that is absent in the item counts as equal to the API's default for it, which the set names. */
function sameKey(item: Record<string, Json>, key: string, wanted: Json): boolean {
  const own = item[key]
  return own === wanted || (own === undefined && key === 'protocol' && wanted === 'TCP')
}

function findElement(value: Json, text: string): Json {
  if (!Array.isArray(value)) return undefined
  const wanted: Json = JSON.parse(text)
  return value.find((item: Json) => item === wanted)
}

function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a set of fields names a path, or something below or above it. Paths are of names and list positions. */
export function ownsPath(entry: ManagedFields, object: Json, path: readonly (string | number)[]): boolean {
  let fields: FieldSet = entry.fieldsV1
  let value: Json = object
  for (const step of path) {
    if (Object.keys(fields).length === 0) return true
    const next = stepInto(fields, value, step)
    if (!next) return false
    fields = next
    value = isRecord(value) || Array.isArray(value) ? (value as Record<string | number, Json>)[step] : undefined
  }
  return true
}

function stepInto(fields: FieldSet, value: Json, step: string | number): FieldSet | undefined {
  if (typeof step === 'string') return fields[`f:${step}`] as FieldSet | undefined
  if (!Array.isArray(value)) return undefined
  const item: Json = value[step]
  const name = Object.keys(fields).find((field) => field !== '.' && childOf(value, field) === item)
  return name === undefined ? undefined : (fields[name] as FieldSet)
}
