/**
 * Whether a path matches a glob as Argo CD has them for directories: `*` crosses `/`, `?` is one character, `[ab]` a class,
 * `{a,b}` a choice. An unreadable glob matches nothing.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const expression = globExpression(glob)
  return expression !== undefined && expression.test(path)
}

function globExpression(glob: string): RegExp | undefined {
  try {
    return new RegExp(`^${translate(glob)}$`, 's')
  } catch {
    return undefined
  }
}

function translate(glob: string): string {
  let depth = 0
  let inClass = false
  const parts = glob.split('').map((character) => {
    if (inClass) return character === ']' ? ((inClass = false), ']') : character === '!' ? '^' : escaped(character)
    switch (character) {
      case '*':
        return '.*'
      case '?':
        return '.'
      case '[':
        inClass = true
        return '['
      case '{':
        depth++
        return '(?:'
      case '}':
        if (depth === 0) return '\\}'
        depth--
        return ')'
      case ',':
        return depth > 0 ? '|' : ','
      default:
        return escaped(character)
    }
  })
  return parts.join('')
}

function escaped(character: string): string {
  return /[\\^$.|?*+()[\]{}]/.test(character) ? `\\${character}` : character
}
