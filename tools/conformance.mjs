import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  countStates,
  formatReport,
  gatherEvidence,
  readStatements,
  readTests,
  unexplained,
  unknownIds,
} from './conformance/index.mjs'

const usage = `usage: node tools/conformance.mjs [--check] [results.json …]

Writes docs/conformance.md from docs/statements and the results of "jest --json" (.cache/test-results.json).
  --check   write nothing; fail when the page is not what the results say`

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs/conformance.md')

function main(args) {
  if (args.includes('--help')) return console.log(usage)
  const files = args.filter((arg) => !arg.startsWith('-'))
  const tests = readTests(readReports(files.length > 0 ? files : [join(root, '.cache/test-results.json')]), root)
  const groups = readStatements(join(root, 'docs/statements'))
  refuseUnknown(unknownIds(groups, tests))

  const judged = gatherEvidence(groups, tests)
  const { shown, part, total } = countStates(judged)
  console.log(`${shown} of ${total} statements shown by a test, ${part} more in part`)
  if (args.includes('--check')) compare(formatReport(judged))
  else writeFileSync(page, formatReport(judged))
  refuseUnexplained(unexplained(judged))
}

function readReports(files) {
  const missing = files.filter((file) => !existsSync(file))
  if (missing.length > 0) throw new Error(`no test results in ${missing.join(', ')}: run "make test" first`)
  return files.map((file) => JSON.parse(readFileSync(file, 'utf8')))
}

function refuseUnknown(ids) {
  if (ids.length > 0)
    throw new Error(`tests name statements that do not exist: ${ids.join(', ')} (see docs/statements)`)
}

function refuseUnexplained(statements) {
  if (statements.length > 0)
    throw new Error(
      `nobody says why these are open: ${statements.map(({ id }) => id).join(', ')} (see docs/statements)`,
    )
}

function compare(report) {
  const committed = existsSync(page) ? readFileSync(page, 'utf8') : ''
  if (committed !== report)
    throw new Error('docs/conformance.md is not what the tests say: run "make conformance" and commit it')
}

try {
  main(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
