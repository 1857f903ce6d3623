import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Digest of the content of files and of what else matters. */
export function digestOf(files, ...more) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file)).update('\0')
  return hash.update(JSON.stringify(more)).digest('hex')
}

/** Digest of which files some paths below a root hold, how long they are and when they were written. */
export function digestOfTree(root, paths) {
  const hash = createHash('sha256')
  const add = (file, { size, mtimeMs }) => hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`)
  for (const path of paths) walk(join(root, path), add)
  return hash.digest('hex')
}

/** Whether a stamp says what is expected. */
export function hasStamp(path, expected) {
  try {
    return readFileSync(path, 'utf8') === expected
  } catch {
    return false
  }
}

/** Writes a stamp in place of an old one, which may be a hard link that another checkout has as well. */
export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  writeFileSync(path, value)
}

function walk(path, visit) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isDirectory()) return visit(path, found)
  for (const name of readdirSync(path).sort()) if (name !== 'node_modules') walk(join(path, name), visit)
}
