import { canonicalJson } from './canonical-json'

type Json = unknown
type Path = readonly (string | number)[]

/** One field that differs. */
export interface FieldChange {
  readonly path: Path
  readonly live: Json
  readonly desired: Json
}

/** How far to look. */
export interface DiffOptions {
  /** Fields of the live object that the desired one does not name count too. */
  readonly both?: boolean
  readonly limit?: number
}

/**
 * The fields in which a live value differs from what is desired, down to the smallest parts. Items of lists are paired
 * by their `name` (or `key`, `port`, `containerPort`, `mountPath`, `type`, `ip`), else by position.
 */
export function diffFields(live: Json, desired: Json, options: DiffOptions = {}): FieldChange[] {
  const changes: FieldChange[] = []
  walk(live, desired, [], { both: options.both ?? false, limit: options.limit ?? 1000, changes })
  return changes
}

interface Walk {
  readonly both: boolean
  readonly limit: number
  readonly changes: FieldChange[]
}

function walk(live: Json, desired: Json, path: Path, to: Walk): void {
  if (to.changes.length >= to.limit) return
  if (isRecord(live) && isRecord(desired)) walkFields(live, desired, path, to)
  else if (Array.isArray(live) && Array.isArray(desired)) walkItems(live, desired, path, to)
  else if (!isSame(live, desired)) to.changes.push({ path, live, desired })
}

function walkFields(live: Record<string, Json>, desired: Record<string, Json>, path: Path, to: Walk): void {
  const names = to.both ? new Set([...Object.keys(desired), ...Object.keys(live)]) : Object.keys(desired)
  for (const name of names) walk(live[name], desired[name], [...path, name], to)
}

function walkItems(live: readonly Json[], desired: readonly Json[], path: Path, to: Walk): void {
  const key = pairingKey(live, desired)
  desired.forEach((item, position) => {
    const at = key === undefined ? position : live.findIndex((other) => keyed(other, key) === keyed(item, key))
    walk(live[at], item, [...path, at < 0 ? position : at], to)
  })
  live.forEach((item, position) => {
    const gone =
      key === undefined
        ? position >= desired.length
        : !desired.some((other) => keyed(other, key) === keyed(item, key)) && to.both
    if (gone) walk(item, undefined, [...path, position], to)
  })
}

const pairingKeys = ['name', 'key', 'containerPort', 'port', 'mountPath', 'type', 'ip']

function pairingKey(live: readonly Json[], desired: readonly Json[]): string | undefined {
  const items = [...live, ...desired]
  return pairingKeys.find((key) => items.length > 0 && items.every((item) => keyed(item, key) !== undefined))
}

function keyed(item: Json, key: string): Json {
  return isRecord(item) ? item[key] : undefined
}

function isSame(live: Json, desired: Json): boolean {
  if (live === desired) return true
  if (isEmpty(live) && isEmpty(desired)) return true
  return canonicalJson(live) === canonicalJson(desired)
}

/** The API server leaves out what is empty: null, absent and `{}` say the same. */
function isEmpty(value: Json): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A path as people write it: `.spec.template.spec.containers[0].image`, `.metadata.labels["app.kubernetes.io/name"]`. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join('')
}

function formatStep(step: string | number): string {
  if (typeof step === 'number') return `[${String(step)}]`
  return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
}
