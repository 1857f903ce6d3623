/**
 * Whether a path matches a glob as Argo CD has them for directories: `*` crosses `/`, `?` is one character, `[ab]` a class
 * and `[!ab]` its opposite, `{a,b}` a choice, a backslash takes the meaning away. An unreadable glob matches nothing.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const expression = globExpression(glob)
  return expression !== undefined && expression.test(path)
}

const token = /\\(?<literal>[^])|\[(?<not>!?)(?<members>[^\]]+)\]|\*+|[^]/g

function globExpression(glob: string): RegExp | undefined {
  let depth = 0
  const source = glob.replace(token, (text, ...captured) => {
    const { literal, not, members } = captured.at(-1) as Record<string, string | undefined>
    if (literal !== undefined) return escaped(literal)
    if (members !== undefined) return `[${not === '!' ? '^' : ''}${members.replace(/[\\[\]^]/g, '\\$&')}]`
    if (text.startsWith('*')) return '.*'
    if (text === '?') return '.'
    if (text === '{') return (depth++, '(?:')
    if (text === '}' && depth > 0) return (depth--, ')')
    return text === ',' && depth > 0 ? '|' : escaped(text)
  })
  try {
    return depth === 0 ? new RegExp(`^(?:${source})$`, 's') : undefined
  } catch {
    return undefined
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}
