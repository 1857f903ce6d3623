import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const package_ = 'libs/contracts'
const baseline = 'proto/baseline.binpb'

/** Generates the types of calls; what lint says is a problem. */
export async function generateProto(root) {
  return (await Promise.all([buf(root, ['generate']), buf(root, ['lint'])])).flat()
}

/** Lint, compatibility with the baseline, and whether the generated types are up to date. */
export async function checkProto(root) {
  const out = mkdtempSync(join(tmpdir(), 'k8or-proto-'))
  try {
    const [lint, breaking, generated] = await Promise.all([
      buf(root, ['lint']),
      buf(root, ['breaking', '--against', baseline]),
      buf(root, ['generate', '--output', out]),
    ])
    const stale = generated.length > 0 ? [] : compareFolders(join(out, 'gen'), join(root, package_, 'gen'))
    return [...lint, ...breaking, ...generated, ...stale]
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** Keeps the calls as they are now as the baseline. */
export async function keepBaseline(root) {
  const problems = await buf(root, ['build', '--output', baseline])
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}

/** Runs buf in the package and answers what it complains about, line by line. */
function buf(root, args) {
  const bin = join(root, 'node_modules/.bin')
  const path = [bin, join(root, 'node_modules/node/bin'), process.env.PATH].join(delimiter)
  return new Promise((resolve) => {
    const child = spawn(join(bin, 'buf'), args, { cwd: join(root, package_), env: { ...process.env, PATH: path } })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => resolve([`buf did not start: ${error.message}`]))
    child.on('close', (code) => resolve(code === 0 ? [] : [`buf ${args[0]}: ${Buffer.concat(output)}`.trim()]))
  })
}

function compareFolders(wanted, present) {
  const differing = [...new Set([...filesIn(wanted), ...filesIn(present)])].filter(
    (path) => contentOf(join(wanted, path)) !== contentOf(join(present, path)),
  )
  return differing.sort().map((path) => `${package_}/gen/${path} is not up to date: run node tools/contracts.mjs`)
}

function filesIn(folder) {
  const paths = readdirSync(folder, { recursive: true }).map(String)
  return paths.filter((path) => statSync(join(folder, path)).isFile())
}

function contentOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
