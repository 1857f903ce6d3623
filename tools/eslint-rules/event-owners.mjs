import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const definition = /export const (\w+)\s*(?::[^=]+)?=\s*defineEvent\b/g

/** Reads `libs/contracts/src/events/<owner>/<fact>.ts`: the exported event names, each with its owner. */
export function readEventOwners(eventsFolder) {
  if (!existsSync(eventsFolder)) return {}
  const files = readdirSync(eventsFolder, { recursive: true }).map(String).sort()
  const pairs = files.filter(isDefinition).flatMap((file) => ownersIn(eventsFolder, file))
  return Object.fromEntries(pairs)
}

function isDefinition(file) {
  return file.endsWith('.ts') && !file.endsWith('.spec.ts') && /[\\/]/.test(file)
}

function ownersIn(folder, file) {
  const [owner] = file.split(/[\\/]/)
  const text = readFileSync(join(folder, file), 'utf8')
  return [...text.matchAll(definition)].map((match) => [match[1], owner])
}
