import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const emittedFolder = 'libs/contracts/schemas'

/** Writes what was emitted and removes what no longer is. Nothing can go wrong that is worth a message. */
export function writeFiles(root, files) {
  for (const path of leftOver(root, files)) rmSync(join(root, path))
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return []
}

/** One line for each file that is not as it would be emitted. */
export function compareFiles(root, files) {
  const stale = files.filter(({ path, text }) => readIfThere(join(root, path)) !== text).map(({ path }) => path)
  const problems = [...stale.map((path) => `${path} is not up to date`), ...leftOver(root, files).map(noLonger)]
  return problems.map((problem) => `${problem}: run node tools/contracts.mjs and look at the difference`)
}

function noLonger(path) {
  return `${path} is no longer emitted`
}

function leftOver(root, files) {
  const folder = join(root, emittedFolder)
  if (!existsSync(folder)) return []
  const wanted = new Set(files.map(({ path }) => path))
  return readdirSync(folder)
    .map((name) => `${emittedFolder}/${name}`)
    .filter((path) => !wanted.has(path))
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
