import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Reads every file of docs/statements: groups of numbered statements, in the order of file and line. */
export function readStatements(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const groups = files.sort(componentsFirst).flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  const double = firstDouble(groups.flatMap(({ statements }) => statements.flatMap(namesOf)))
  if (double !== undefined) throw new Error(`statement ${double} stands twice in ${folder}`)
  return groups
}

/** The id of a statement and the other ids under which tests may name it. */
export function namesOf({ id, aliases = [] }) {
  return [id, ...aliases]
}

function componentsFirst(a, b) {
  return Number(b.startsWith('components')) - Number(a.startsWith('components')) || a.localeCompare(b)
}

function firstDouble(ids) {
  return ids.find((id, index) => ids.indexOf(id) !== index)
}
