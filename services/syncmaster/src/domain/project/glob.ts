const compiled = new Map<string, RegExp>()

/**
 * Whether a text matches a pattern as a whole. `*` is any text (with a separator: any text without it, and `**` any
 * text at all), `?` one character, `[…]` one of a set, `{a,b}` one of several.
 */
export function matchesGlob(pattern: string, text: string, separator = ''): boolean {
  const name = `${separator}\n${pattern}`
  let expression = compiled.get(name)
  if (!expression) {
    expression = compileGlob(pattern, separator)
    if (compiled.size > 10_000) compiled.clear()
    compiled.set(name, expression)
  }
  return expression.test(text)
}

function compileGlob(pattern: string, separator: string): RegExp {
  const other = separator === '' ? '.' : `[^${escape(separator)}]`
  let source = ''
  let depth = 0
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '*') {
      const many = pattern.charAt(at + 1) === '*'
      source += many ? '.*' : `${other}*`
      if (many) at++
    } else if (char === '?') source += other
    else if (char === '[' && pattern.includes(']', at)) {
      const end = pattern.indexOf(']', at)
      source += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`
      at = end
    } else if (char === '{') {
      depth++
      source += '(?:'
    } else if (char === '}' && depth > 0) {
      depth--
      source += ')'
    } else source += char === ',' && depth > 0 ? '|' : escape(char)
  }
  return toRegExp(depth === 0 ? source : escape(pattern))
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 's')
  } catch {
    return /(?!)/
  }
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
