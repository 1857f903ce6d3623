import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint } from 'eslint'
import ts from 'typescript-eslint'

const root = join(import.meta.dirname, '../..')
const fixtures = join(import.meta.dirname, 'fixtures')

// The boundaries rule keeps one project graph for a run that looks like a command, and rereads it for every file else.
process.argv[1] = join(root, 'node_modules/eslint/bin/eslint.js')

/** Lints every fixture as the file that it pretends to be, and prints what was refused as JSON. */
async function main() {
  const eslint = new ESLint({ cwd: root, overrideConfig: [withoutTypes] })
  await eslint.lintText('', { filePath: join(root, 'services/warm-up.ts') })
  addUntaggedProject()
  const results = []
  for (const file of fixtureFiles()) results.push(await lintFixture(eslint, file))
  process.stdout.write(JSON.stringify(results))
}

// The files exist only here, so the type-aware rules, which no wall is made of, cannot see them.
const withoutTypes = {
  files: ['**/*.ts'],
  ...ts.configs.disableTypeChecked,
  languageOptions: { parserOptions: { project: false, projectService: false } },
}

/** A project that nobody tagged, known to the graph of this run only. */
function addUntaggedProject() {
  const name = '@k8or/untagged'
  globalThis.projectGraph.nodes[name] = { name, type: 'lib', data: { root: 'libs/untagged', tags: [], targets: {} } }
  globalThis.projectGraph.dependencies[name] = []
  globalThis.projectRootMappings.set('libs/untagged', name)
}

function fixtureFiles() {
  const isCase = (file) => file.endsWith('.ts') && !file.startsWith('import-cycle')
  return readdirSync(fixtures, { recursive: true }).map(String).filter(isCase).sort()
}

async function lintFixture(eslint, file) {
  const { as, refused, code } = readFixture(readFileSync(join(fixtures, file), 'utf8'))
  const [result] = await eslint.lintText(code, { filePath: join(root, as) })
  const messages = (result?.messages ?? []).map(({ ruleId, message }) => `${String(ruleId)} ${message}`)
  return { fixture: file.replace(/\.ts$/, ''), as, refused, messages }
}

/** The head of a fixture says as which file it is linted, what is refused and, for sizes, which line is repeated. */
function readFixture(text) {
  const lines = text.split('\n')
  const head = lines.filter((line) => line.startsWith('// '))
  const directive = (name) => head.find((line) => line.startsWith(`// ${name}: `))?.slice(name.length + 5)
  const body = lines.filter((line) => !head.includes(line))
  const times = Number(directive('repeat <again>') ?? 1)
  const code = body.flatMap((line) => (line.includes('<again>') ? Array(times).fill(line) : [line])).join('\n')
  return { as: directive('as'), refused: directive('refused'), code }
}

await main()
