import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

const packages = { 'redis-server': 'redis-server', sshd: 'openssh-server' }
const folders = () => [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean)

/** Checks the programs that must be there and installs what the system's package manager can. */
export async function providePrograms() {
  const problems = [...nodeProblem(), ...missing(['git', 'make', 'npm']).map(sayMissing), ...(await goProblem())]
  if (problems.length) throw new Error(problems.join('\n       '))
  const absent = missing(Object.keys(packages))
  if (absent.length) await installPackages(absent.map((program) => packages[program]))
}

/** Whether nothing has to be installed; looks at files only, so that it costs nothing. */
export function arePackagesThere() {
  return missing([...Object.keys(packages), 'git', 'go']).length === 0
}

async function installPackages(names) {
  const commands = `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`
  const isDebian = missing(['apt-get']).length === 0
  if (!isDebian) throw new Error(`${names.join(' and ')} must be installed: use your system's package manager`)
  if (process.getuid?.() !== 0) throw new Error(`${names.join(' and ')} must be installed. As root, run\n  ${commands}`)
  console.log(`setup: installing ${names.join(' and ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const advice = `install by hand what is missing: ${commands}`
  await run('apt-get', ['update'], { env, advice })
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env, advice })
}

function nodeProblem() {
  const major = Number(process.versions.node.split('.')[0])
  return major >= 20 ? [] : [`Node ${process.versions.node} is too old: 20 or newer is needed (https://nodejs.org)`]
}

async function goProblem() {
  if (missing(['go']).length) return ['go is not installed: 1.26 or newer is needed (https://go.dev/dl)']
  const [text = ''] = await run('go', ['version'], { env: { GOTOOLCHAIN: 'local' } })
  const [, major = 0, minor = 0] = /go(\d+)\.(\d+)/.exec(text) ?? []
  const isEnough = Number(major) > 1 || Number(minor) >= 26
  return isEnough ? [] : [`${text.trim()} is too old: 1.26 or newer is needed (https://go.dev/dl)`]
}

function missing(programs) {
  return programs.filter((program) => !folders().some((folder) => isExecutable(join(folder, program))))
}

function sayMissing(program) {
  return `${program} is not installed: on Debian \`apt-get install ${program}\``
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
