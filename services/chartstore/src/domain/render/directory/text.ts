import type { Problem } from '@k8or/contracts'

/** The text of a file: UTF-8, or UTF-16 where its first bytes say so; undefined where it is neither. */
export function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encodingOf(content), { fatal: true }).decode(content)
  } catch {
    return undefined
  }
}

/** What is wrong with a file that is no text. */
export function notText(file: string): Problem {
  return { reason: 'NotText', file, message: `${file}: the file is not UTF-8; save it as UTF-8 and push` }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
