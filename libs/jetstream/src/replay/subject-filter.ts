/** Whether a subject matches one of the filters; no filters match everything. */
export function matchesAny(filters: readonly string[], subject: string): boolean {
  return filters.length === 0 || filters.some((filter) => matches(filter, subject))
}

function matches(filter: string, subject: string): boolean {
  const wanted = filter.split('.')
  const tokens = subject.split('.')
  const open = wanted.at(-1) === '>'
  if (open ? tokens.length < wanted.length : tokens.length !== wanted.length) return false
  return wanted.every((token, index) => token === '>' || token === '*' || token === tokens[index])
}
