import { posix, relative, resolve, dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The linted file as the repository names it: relative to the root, with slashes. */
export function repositoryPath(context) {
  return relative(context.cwd ?? root, context.filename)
    .split(sep)
    .join('/')
}

/** True when one of the globs matches; `**` crosses folders, `*` does not. */
export function matchesAny(path, globs) {
  return globs.some((glob) => posix.matchesGlob(path, glob))
}
