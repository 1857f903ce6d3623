import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** The last lines of a log file, or a word that there is none. */
export function logTail(path: string, lines = 20): string {
  try {
    return lastBytes(path, 16_384).trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return `(no log at ${path})`
  }
}

function lastBytes(path: string, count: number): string {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, count))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8')
  } finally {
    closeSync(file)
  }
}
