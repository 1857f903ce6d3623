import { createRequire } from 'node:module'
import { join } from 'node:path'
import { asyncApi } from './contracts/async-api.mjs'
import { compareFiles, writeFiles } from './contracts/emitted-files.mjs'
import { eventsPage } from './contracts/events-page.mjs'
import { checkProto, generateProto, keepBaseline } from './contracts/proto.mjs'
import { schemaFiles } from './contracts/schemas.mjs'

const usage = `usage: node tools/contracts.mjs [--check | --baseline]

Emits what follows from libs/contracts: JSON Schemas, AsyncAPI, docs/events.md, the types of calls.
  --check     writes nothing, fails when anything differs or a call changed incompatibly
  --baseline  keeps the calls as they are now as what later changes are compared with (at a release)`

const root = join(import.meta.dirname, '..')

function loadContracts() {
  const require = createRequire(import.meta.url)
  require('./swc-ext.cjs')
  return require('../libs/contracts/src/index.ts')
}

function emitted() {
  const contracts = loadContracts()
  return [
    ...schemaFiles(contracts),
    { path: 'libs/contracts/asyncapi.yaml', text: asyncApi(contracts) },
    { path: 'docs/events.md', text: eventsPage(contracts) },
  ]
}

async function main(args) {
  if (args.includes('--help')) return console.log(usage)
  if (args.includes('--baseline')) return keepBaseline(root)
  const proto = args.includes('--check') ? checkProto(root) : generateProto(root)
  const problems = args.includes('--check') ? compareFiles(root, emitted()) : writeFiles(root, emitted())
  const all = [...problems, ...(await proto)]
  for (const problem of all) console.error(problem)
  if (all.length > 0) process.exitCode = 1
}

await main(process.argv.slice(2))
