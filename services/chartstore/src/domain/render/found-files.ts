import { textOf } from './directory/text'
import type { SourceFile } from './rendering'

/** Files as a render host takes them: texts as they are, the rest in base64. Links that lead nowhere are left out. */
export function packFiles(files: Iterable<SourceFile>): {
  files: Record<string, string>
  binary: Record<string, string>
} {
  const packed: { files: Record<string, string>; binary: Record<string, string> } = { files: {}, binary: {} }
  for (const { path, content, isLink, link } of files) {
    if (isLink && link !== 'followed') continue
    const text = asText(content)
    if (text === undefined) packed.binary[path] = Buffer.from(content).toString('base64')
    else packed.files[path] = text
  }
  return packed
}

function asText(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return undefined
  }
}

/** A link that leads out of the repository is refused by name where it is asked for. */
export function isUsable({ isLink, link }: SourceFile): boolean {
  return !isLink || link === 'followed'
}

/** The text of a file; undefined where it is none. */
export function fileText({ content }: SourceFile): string | undefined {
  return textOf(content)
}
