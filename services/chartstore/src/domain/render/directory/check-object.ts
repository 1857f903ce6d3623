import type { Problem } from '@k8or/contracts'
import { z } from 'zod'
import { findValue } from '../find-value'
import type { ManifestObject } from '../rendering'

const Identity = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z
    .looseObject({ name: z.string().optional(), generateName: z.string().optional() })
    .refine(({ name, generateName }) => (name ?? generateName ?? '') !== '', { path: ['name'], message: 'is missing' }),
})

/** Whether a document is at least meant to be a Kubernetes object. */
export function hasKind(document: unknown): boolean {
  const { kind } = (document ?? {}) as { kind?: unknown }
  return typeof kind === 'string' && kind !== ''
}

const deepest = 100

/** The objects of a list, and of lists within it; anything else as it is. */
export function expandLists(document: unknown, depth = 0): unknown[] {
  const { items } = (document ?? {}) as { items?: unknown }
  const isList = hasKind(document) && Array.isArray(items) && depth < deepest
  return isList ? items.flatMap((item) => expandLists(item, depth + 1)) : [document]
}

/** A document as an object, or what it lacks to be one; the place is for people. */
export function checkObject(
  file: string,
  place: string,
  document: unknown,
): { readonly object: ManifestObject } | { readonly problem: Problem } {
  const unfit = unfitValue(document)
  if (unfit) return { problem: { reason: 'InvalidObject', file, ...unfit, message: `${place}: ${unfit.message}` } }
  const checked = Identity.safeParse(document)
  if (checked.success) return { object: document as ManifestObject }
  const [issue] = checked.error.issues
  const field = issue?.path.join('.') ?? ''
  const message = `${place}: ${messageOf(nameOf(document), field, issue?.message ?? '')}`
  return { problem: { reason: 'InvalidObject', file, ...(field === '' ? {} : { field }), message } }
}

/** What could not be sent to an API server as it is. */
function unfitValue(document: unknown): { readonly field: string; readonly message: string } | undefined {
  const isUnfit = (value: unknown, depth: number) =>
    depth > deepest || (typeof value === 'number' && !Number.isFinite(value))
  const found = findValue(document, isUnfit)
  if (!found) return undefined
  const { field, value } = found
  const why =
    typeof value === 'number'
      ? `field ${field} is ${formatNumber(value)}, which JSON has no number for: write another number, or quote it`
      : `field ${field} is nested deeper than ${String(deepest)} levels: no API server takes that, correct the file`
  return { field, message: `${nameOf(document)}: ${why}` }
}

/** As YAML has it. */
function formatNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  return value > 0 ? '.inf' : '-.inf'
}

function nameOf(document: unknown): string {
  const { kind, metadata } = (document ?? {}) as { kind?: unknown; metadata?: { name?: unknown } | null }
  const named = [kind, metadata?.name].filter((part) => typeof part === 'string').join(' ')
  return named === '' ? 'a document' : named
}

function messageOf(what: string, field: string, why: string): string {
  return field === ''
    ? `${what} is not a Kubernetes object; every document needs apiVersion, kind and metadata.name`
    : `${what}: field ${field} is not as a Kubernetes object needs it: ${why}`
}
