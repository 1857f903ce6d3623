/**
 * The fields of a patch in JSON: top-level names, and `metadata.<name>` for those of metadata. Undefined when the body
 * is not a JSON object.
 */
export function bodyFields(body: string | Uint8Array | undefined): readonly string[] | undefined {
  const parsed = parse(body)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  return Object.entries(parsed as Record<string, unknown>).flatMap(([name, value]) => {
    if (name !== 'metadata') return [name]
    return typeof value === 'object' && value !== null
      ? Object.keys(value).map((field) => `metadata.${field}`)
      : ['metadata']
  })
}

function parse(body: string | Uint8Array | undefined): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
