import type { Problem } from '@k8or/contracts'
import type { SourceFile } from '../rendering'

/** The file that a link leads to; nothing for a link that Argo CD passes over. */
export type LedTo = { readonly file: SourceFile } | { readonly nothing: true } | { readonly problem: Problem }

/** Where a symbolic link leads: a file of the repository, nowhere or to a folder (passed over), or outside (refused). */
export function resolveLink(file: SourceFile, files: readonly SourceFile[]): LedTo {
  if (!file.isLink || file.link === 'followed') return { file }
  if (file.link === undefined) return resolveAmong(file, files)
  if (file.link === 'dangling' || file.link === 'directory') return { nothing: true }
  return { problem: refused(file, file.link === 'loop' ? 'leads to itself' : 'leads out of the repository') }
}

/** For files that were read without following links: only those among them can be led to. */
function resolveAmong(file: SourceFile, files: readonly SourceFile[]): LedTo {
  let at = file
  for (let hops = 0; at.isLink && hops < 8; hops++) {
    const path = targetOf(at)
    const next = path === undefined ? undefined : files.find((other) => other.path === path)
    if (!next) return { problem: refused(file, 'names no file of this directory') }
    at = next
  }
  return at.isLink ? { problem: refused(file, 'leads to itself') } : { file: at }
}

function targetOf(link: SourceFile): string | undefined {
  const target = new TextDecoder().decode(link.content)
  if (target.startsWith('/')) return undefined
  const parts = link.path.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined
    if (part !== '..' && part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

function refused(file: SourceFile, why: string): Problem {
  const target = new TextDecoder().decode(file.content).slice(0, 200)
  const message = `${file.path}: the symbolic link to ${target} ${why}; commit the file itself`
  return { reason: 'LinkRefused', file: file.path, message }
}
