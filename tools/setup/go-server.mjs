import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { estimateLeft } from './estimate.mjs'
import { run } from './run.mjs'
import { digestOf, hasStamp, writeStamp } from './stamp.mjs'

// Source that Go compiles in a second on one processor, measured on kube-apiserver; it only matters until more is known.
const bytesPerSecond = 145_000 * Math.min(4, cpus().length)
const env = { CGO_ENABLED: '0' }
const advice =
  "check the network and Go's proxy (`go env GOPROXY`), free disk space (`df .`), then run `make setup` again"

/**
 * The programs that Go builds. Every deployment waits for nats-server, which is quick, and then Kubernetes; nothing waits
 * for the registry and for what renders charts and kustomizations, though that is a part of the mesh.
 */
export function goServerTasks(root) {
  const nats = goServerTask(root, {
    name: 'nats-server',
    source: join(root, 'tools/servers/nats'),
    target: 'github.com/nats-io/nats-server/v2',
    ldflags: '-s -w',
    download: { seconds: 5 },
    bytes: 11_000_000,
    link: 3,
  })
  const source = join(root, 'tools/servers/kube')
  const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(readFileSync(join(source, 'go.mod'), 'utf8'))?.[1]
  const kube = goServerTask(root, {
    name: 'kube',
    source,
    target: '.',
    ldflags: `-s -w -X k8s.io/component-base/version.gitVersion=${version}`,
    download: { seconds: 30 },
    bytes: 95_000_000,
    link: 15,
    needs: [nats],
  })
  const registry = goServerTask(root, {
    name: 'registry',
    source: join(root, 'tools/servers/registry'),
    target: '.',
    ldflags: '-s -w',
    download: { seconds: 7 },
    bytes: 25_000_000,
    link: 5,
  })
  const renderHost = goServerTask(root, {
    name: 'render-host',
    source: join(root, 'services/chartstore/renderer'),
    target: '.',
    ldflags: '-s -w -X sigs.k8s.io/kustomize/api/provenance.version=v5.8.1',
    download: { seconds: 20 },
    bytes: 45_000_000,
    link: 8,
    needs: [registry],
  })
  return { nats, kube, registry, renderHost }
}

function goServerTask(root, server) {
  const { name, source, target, ldflags, needs } = server
  const binary = join(root, '.cache/bin', name)
  const stamp = `${binary}.stamp`
  const digest = digestOf(sourceFiles(source), target, ldflags)
  const build = new GoBuild(server)
  const task = {
    needs,
    isDone: () => existsSync(binary) && hasStamp(stamp, digest),
    text: () => build.text(),
    secondsLeft: () => build.secondsLeft(),
    prepare: () => build.list(),
    async run() {
      // Whoever starts it meanwhile gets the old one or the new one, never a part.
      await build.compile(`${binary}.new`)
      renameSync(`${binary}.new`, binary)
      writeStamp(stamp, digest)
    },
  }
  return task
}

class GoBuild {
  constructor(server) {
    this.server = server
    this.modules = countModules(server.source)
    this.downloaded = 0
    this.stale = undefined
    this.total = server.bytes
    this.done = 0
  }

  text() {
    const { name } = this.server
    if (!this.stale) return this.downloaded ? `${name}: ${this.downloaded} modules downloaded` : ''
    if (!this.startedAt) return ''
    return this.done < this.total
      ? `${name}: ${Math.floor((100 * this.done) / this.total)} % compiled`
      : `${name}: linking`
  }

  secondsLeft() {
    const { download, link } = this.server
    const downloading = this.stale ? 0 : download.seconds * (1 - Math.min(1, this.downloaded / this.modules))
    const share = this.total ? this.done / this.total : 1
    return downloading + estimateLeft({ share, elapsed: this.elapsed(), expected: this.total / bytesPerSecond }) + link
  }

  elapsed() {
    return this.startedAt ? (Date.now() - this.startedAt) / 1000 : 0
  }

  /** Downloads what is missing and finds what Go has not compiled yet. */
  async list() {
    const onLine = (line) => void (/^# get .*\.zip: 200/.test(line) && this.downloaded++)
    const format = '{{.Stale}}|{{.ImportPath}}|{{.Dir}}|{{join .GoFiles ","}}'
    const lines = await this.go(['list', '-x', '-deps', '-f', format], onLine)
    this.stale = new Map(lines.filter((line) => line.startsWith('true|')).map(weigh))
    this.total = [...this.stale.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  async compile(binary) {
    this.startedAt = Date.now()
    await this.go(['build', '-v', '-o', binary], (line) => void (this.done += this.stale.get(line) ?? 0))
  }

  go([verb, ...args], onLine) {
    const { source, target, ldflags } = this.server
    const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags', ldflags]
    return run('go', [verb, ...flags, ...args, target], { cwd: source, env, onLine, advice })
  }
}

function weigh(line) {
  const [, importPath, dir, files] = line.split('|')
  const sizes = files.split(',').map((file) => statSync(join(dir, file), { throwIfNoEntry: false })?.size ?? 0)
  return [importPath, sizes.reduce((sum, size) => sum + size, 0)]
}

function countModules(source) {
  return readFileSync(join(source, 'go.mod'), 'utf8')
    .split('\n')
    .filter((line) => /^\t?\S+ v\d/.test(line)).length
}

function sourceFiles(source) {
  const names = readdirSync(source, { recursive: true }).sort()
  return names.filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).map((name) => join(source, name))
}
