import type { Problem } from '@k8or/contracts'
import type { SourceFile } from '../rendering'

/** The file that a symbolic link names, when it is among those of the source; anything outside is refused. */
export function resolveLink(
  file: SourceFile,
  files: readonly SourceFile[],
): { file: SourceFile } | { problem: Problem } {
  let at = file
  for (let hops = 0; at.isLink && hops < 8; hops++) {
    const path = targetOf(at)
    const next = path === undefined ? undefined : files.find((other) => other.path === path)
    if (!next) return { problem: leaves(file, at) }
    at = next
  }
  return at.isLink ? { problem: leaves(file, at) } : { file: at }
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

function leaves(file: SourceFile, at: SourceFile): Problem {
  const target = new TextDecoder().decode(at.content).slice(0, 200)
  const message = `${file.path}: the symbolic link to ${target} names no file of this directory; commit the file itself`
  return { reason: 'LinkRefused', file: file.path, message }
}
