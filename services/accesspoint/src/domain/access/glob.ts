const compiled = new Map<string, RegExp>()
const mostKept = 5_000

/** Whether a text matches a glob of Argo CD: `*` is any text (slashes too), `?` one character, `[a-z]` and `{a,b}` sets. */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  return expressionOf(pattern).test(text)
}

/** A list entry of Argo CD that is a glob, or a regular expression between slashes. */
export function matchesGlobOrExpression(pattern: string, text: string): boolean {
  if (pattern.length < 2 || !pattern.startsWith('/') || !pattern.endsWith('/')) return matchesGlob(pattern, text)
  try {
    return new RegExp(pattern.slice(1, -1)).test(text)
  } catch {
    // What can not be read permits nothing.
    return false
  }
}

function expressionOf(pattern: string): RegExp {
  const known = compiled.get(pattern)
  if (known) return known
  if (compiled.size >= mostKept) compiled.clear()
  const expression = readExpression(`^${translate(pattern)}$`)
  compiled.set(pattern, expression)
  return expression
}

/** What can not be read, such as a brace that is never closed, matches nothing. */
function readExpression(source: string): RegExp {
  try {
    return new RegExp(source, 's')
  } catch {
    return /(?!)/
  }
}

function translate(pattern: string): string {
  let depth = 0
  return pattern.replace(/\\.|\[!?[^\]]+\]|\*+|[?{},.+^$()|[\]\\/]/g, (part) => {
    if (part.startsWith('*')) return '.*'
    if (part === '?') return '.'
    if (part === '{') {
      depth += 1
      return '(?:'
    }
    if (part === '}' && depth > 0) {
      depth -= 1
      return ')'
    }
    if (part === ',' && depth > 0) return '|'
    if (part.length > 2 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
    const literal = part.length === 2 ? part.slice(1) : part
    return /\w/.test(literal) ? literal : `\\${literal}`
  })
}
