interface Place {
  readonly value: unknown
  readonly depth: number
  readonly key: string
  readonly within: Place | undefined
}

/** The first value within a document that is as asked, and the field that it is in; however deep the document is. */
export function findValue(
  document: unknown,
  isWanted: (value: unknown, depth: number) => boolean,
): { readonly value: unknown; readonly field: string } | undefined {
  const waiting: Place[] = [{ value: document, depth: 0, key: '', within: undefined }]
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const { value, depth } = at
    if (isWanted(value, depth)) return { value, field: fieldOf(at) }
    if (typeof value !== 'object' || value === null) continue
    const entries = Object.entries(value)
    for (const [key, inner] of entries.reverse()) waiting.push({ value: inner, depth: depth + 1, key, within: at })
  }
  return undefined
}

const mostKeys = 8

function fieldOf(place: Place): string {
  const keys: string[] = []
  for (let at: Place | undefined = place; at.within; at = at.within) keys.unshift(at.key)
  return keys.length > mostKeys ? `${keys.slice(0, mostKeys).join('.')}…` : keys.join('.')
}
