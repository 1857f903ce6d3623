import { canonicalJson } from '../digest'

/**
 * The JSON merge patch that turns one value into another; undefined when they are equal. What is absent afterwards is
 * null in the patch; lists are replaced as a whole.
 */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return canonicalJson(before) === canonicalJson(after) ? undefined : after
  const patch: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (after[name] === undefined) {
      if (before[name] !== undefined && before[name] !== null) patch[name] = null
      continue
    }
    const part = before[name] === undefined ? after[name] : mergePatch(before[name], after[name])
    if (part !== undefined) patch[name] = part
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
