import { runInNewContext } from 'node:vm'
import { matchesGlob } from '@k8or/projects'

const longestMatchMs = 200

/** What a filter of tags lets through, or why it can not tell. */
export type Filtered = ReadonlySet<string> | { readonly unreadable: string }

/**
 * The tags that `allow-tags` lets through: `any`, or `regexp:…`, which may match anywhere. What can not be read lets nothing
 * through. Whoever writes the expression must not be able to hold up everybody else, so matching has a deadline.
 */
export function allowedTags(pattern: string, tags: readonly string[]): Filtered {
  if (pattern === 'any') return new Set(tags)
  if (!pattern.startsWith('regexp:')) return { unreadable: `"${pattern}" is neither "any" nor "regexp:…"` }
  const expression = compile(pattern.slice('regexp:'.length))
  if (!expression) return { unreadable: `"${pattern}" is no regular expression` }
  try {
    const script = 'tags.filter((tag) => new RegExp(source, flags).test(tag))'
    const given = { tags: [...tags], source: expression.source, flags: expression.flags }
    return new Set(runInNewContext(script, given, { timeout: longestMatchMs }) as string[])
  } catch {
    return { unreadable: `"${pattern}" takes too long to match` }
  }
}

/** Whether one of the globs of `ignore-tags` takes a tag. */
export function isIgnored(globs: readonly string[], tag: string): boolean {
  return globs.some((glob) => matchesGlob(glob.replaceAll('[^', '[!'), tag))
}

/** Go's spelling of what JavaScript spells otherwise: flags in front, named groups, the ends of the text. */
function compile(text: string): RegExp | undefined {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text) ?? []
  const source = rest.replaceAll('(?P<', '(?<').replace(/\\A/g, '^').replace(/\\z/g, '$')
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}
