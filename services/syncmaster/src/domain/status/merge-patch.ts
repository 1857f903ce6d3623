import { canonicalJson } from '@k8or/kube-objects'

/**
 * The JSON merge patch that turns one value into another; undefined when they are equal. What is absent afterwards is
 * null in the patch; lists are replaced as a whole.
 */
export function mergePatchBetween(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return canonicalJson(before) === canonicalJson(after) ? undefined : after
  const patch: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [own(before, name), own(after, name)]
    if (is === undefined) {
      if (was !== undefined && was !== null) patch[name] = null
      continue
    }
    const part = was === undefined ? is : mergePatchBetween(was, is)
    if (part !== undefined) patch[name] = part
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function own(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
