import { join } from 'node:path'
import { formatReport, formatResult } from './check/report.mjs'
import { runSteps } from './check/run-steps.mjs'
import { checkSteps, fixSteps } from './check/steps.mjs'

const usage = `usage: node tools/check.mjs [--fix] [step …]

Types, lint and walls, format, unused code, import cycles, contracts.
  --fix    first write what eslint and prettier can repair
  step …   only these: lint types format unused cycles contracts`

async function main(args) {
  if (args.includes('--help')) return console.log(usage)
  const root = join(import.meta.dirname, '..')
  const started = performance.now()
  const wanted = args.filter((arg) => !arg.startsWith('-'))
  const steps = checkSteps(root).filter(({ name }) => wanted.length === 0 || wanted.includes(name))

  if (args.includes('--fix'))
    await runSteps(fixSteps(), { root, width: 1, onResult: ({ name }) => console.log(`  ${name}`) })
  const results = await runSteps(steps, { root, width: 2, onResult: (result) => console.log(formatResult(result)) })
  console.log(formatReport(results, (performance.now() - started) / 1000))
  if (results.some(({ passed }) => !passed)) process.exitCode = 1
}

await main(process.argv.slice(2))
