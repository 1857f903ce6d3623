import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import describePath from './describe-path.mjs'
import importWall from './import-wall.mjs'
import kebabCaseFile from './kebab-case-file.mjs'
import ownerPublishes from './owner-publishes.mjs'

/** The house rules by name. */
export const rules = {
  'describe-path': describePath,
  'import-wall': importWall,
  'kebab-case-file': kebabCaseFile,
  'owner-publishes': ownerPublishes,
}

/** The house rules as an ESLint plugin. Its version is the digest of its sources, so a changed rule empties the cache. */
export const houseRules = { meta: { name: 'k8or', version: sourcesDigest(import.meta.dirname) }, rules }

function sourcesDigest(folder) {
  const hash = createHash('sha256')
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .sort()) {
    hash.update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 12)
}
