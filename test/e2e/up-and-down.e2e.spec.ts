import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, MeshDriver, readMeshEnvironment, RegistryClient, removeDir, runsHealthy, tempDir } from '@k8or/rig'
import { load } from 'js-yaml'
import { copyCheckout } from './src/checkout'
import { configMap } from './src/manifests'

/** A checkout in a folder whose name a shell would take apart. */
class Checkout {
  constructor(
    readonly path: string,
    readonly programs = '/usr/bin',
  ) {}

  /** Runs make; KUBECONFIG names somebody's cluster, which must not matter. */
  make(...args: string[]) {
    const PATH = `${this.programs}:${process.env['PATH'] ?? ''}`
    const env = { ...process.env, KUBECONFIG: '/no/such/kubeconfig', PATH }
    const { status, stdout, stderr } = spawnSync('make', ['-s', ...args], { cwd: this.path, env, encoding: 'utf8' })
    return { status, output: stdout + stderr }
  }

  get environment() {
    return readMeshEnvironment(join(this.path, '.run/mesh.env'))
  }

  /** Runs a script in a shell that has read mesh.env as people do. */
  shell(script: string): string {
    const text = `set -aeu; . .run/mesh.env; set +a; ${script}`
    return execFileSync('sh', ['-c', text], { cwd: this.path, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  get supervisorLog(): string {
    return readFileSync(join(this.path, '.run/log/supervisor.log'), 'utf8')
  }

  get registry(): RegistryClient {
    const [host = '', username = '', password = ''] = ['', '_USERNAME', '_PASSWORD'].map(
      (part) => this.environment[`K8OR_REGISTRY${part}`],
    )
    return new RegistryClient({ host, username, password })
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('test/e2e/up-and-down.e2e', () => {
  const dir = tempDir('checkouts')
  const one = new Checkout(join(dir, 'one checkout'))
  const two = new Checkout(join(dir, "somebody's second"), join(dir, 'slow'))
  const goOn = join(dir, 'go on')

  beforeAll(() => {
    copyCheckout(one.path)
    copyCheckout(two.path, ['registry', 'registry.stamp'])
    mkdirSync(two.programs)
    const waiting = `while [ -d '${dir}' ] && [ ! -e '${goOn}' ]; do sleep 0.1; done`
    writeFileSync(join(two.programs, 'go'), `#!/bin/sh\n${waiting}\nPATH="\${PATH#*:}" exec go "$@"\n`, { mode: 0o755 })
    expect(one.make('up', 'CLUSTERS=1')).toEqual({
      status: 0,
      output: expect.stringContaining('the mesh is up') as string,
    })
    expect(two.make('up', 'CLUSTERS=0')).toEqual({
      status: 0,
      output: expect.stringContaining('the mesh is up') as string,
    })
  }, 240_000)

  afterAll(() => {
    for (const checkout of [one, two]) checkout.make('down')
    removeDir(dir)
  }, 60_000)

  it('two checkouts are up side by side, and each answers for itself', async () => {
    for (const checkout of [one, two]) {
      const driver = new MeshDriver(checkout.environment)
      const repository = await driver.repository('shop')
      const { after } = await repository.commit({ 'app/c.yaml': configMap('shop', checkout.path) })
      await driver.declare({ name: 'shop', repoUrl: repository.url, path: 'app' })
      await driver.application('shop', (application) => runsHealthy(application, after), 60_000)
      await driver.close()
      const apps = JSON.parse(checkout.shell('bin/k8or app list -o json')) as { revision: string }[]
      expect(apps.map(({ revision }) => revision)).toEqual([after])
    }
  }, 120_000)

  it('mesh.env names everything by which people and scripts drive the mesh, the same for a shell', () => {
    const { environment } = one
    expect(Object.keys(environment)).toEqual(
      expect.arrayContaining([
        'KUBECONFIG',
        'KUBECONFIG_CLUSTER_1',
        'K8OR_URL',
        'K8OR_CA',
        'K8OR_TOKEN',
        'K8OR_APP_NAMESPACE',
        'K8OR_WEBHOOK_URL',
        'K8OR_WEBHOOK_SECRET',
        'K8OR_GIT_URL',
        'K8OR_GIT_ROOT',
        'K8OR_REGISTRY',
        'K8OR_REGISTRY_USERNAME',
        'K8OR_REGISTRY_PASSWORD',
        'K8OR_PIDS',
      ]),
    )
    expect(Object.values(environment).filter((value) => value === '')).toEqual([])
    expect(environment['K8OR_WEBHOOK_URL']).toMatch(/^https:.*\/api\/webhook$/)
    const asShell = one.shell(
      Object.keys(environment)
        .map((name) => `printf '%s\\n' "$${name}"; `)
        .join(''),
    )
    expect(asShell.trimEnd().split('\n')).toEqual(Object.values(environment))
    for (const name of ['KUBECONFIG', 'KUBECONFIG_CLUSTER_1'])
      expect(load(readFileSync(environment[name] ?? '', 'utf8'))).toMatchObject({
        clusters: [{ cluster: { 'certificate-authority-data': expect.any(String) as string } }],
        users: [{ user: { 'client-certificate-data': expect.any(String) as string } }],
      })
  })

  it('a bare repository that is made in K8OR_GIT_ROOT is served at K8OR_GIT_URL', () => {
    const git = 'git -c user.name=me -c user.email=me@example.com'
    one.shell('git init -q --bare -b main "$K8OR_GIT_ROOT/team/new.git"')
    one.shell(`d="$K8OR_GIT_ROOT/../work"; git clone -q "$K8OR_GIT_URL/team/new.git" "$d" 2>/dev/null; cd "$d"
      echo hello > file; git add .; ${git} commit -qm first; git push -q origin HEAD:main`)
    expect(one.shell('git ls-remote "$K8OR_GIT_URL/team/new.git" refs/heads/main')).toMatch(/^[0-9a-f]{40}\s/)
  })

  it('K8OR_REGISTRY takes images from whoever has the password', async () => {
    const { registry } = one
    const digest = await registry.push('shop/web', '1.0', { files: { version: '1.0' } })
    expect(await registry.digestOf('shop/web', '1.0')).toBe(digest)
    await registry.close()
  })

  it('a registry that is not built yet keeps nobody waiting: it comes up behind the mesh', async () => {
    const { registry } = two
    await expect(registry.push('shop/web', '1.0')).rejects.toThrow('ECONNREFUSED')
    writeFileSync(goOn, '')
    const push = async (): Promise<string> => registry.push('shop/web', '1.0')
    expect(await eventually(push, { timeoutMs: 120_000, stepMs: 200, what: 'the registry' })).toMatch(/^sha256:/)
    expect(two.supervisorLog).toMatch(/^ready[^]*^OCI registry/m)
    await registry.close()
  }, 130_000)

  it('a second `make up` changes nothing, and one that asks for something else is refused', () => {
    const before = one.environment
    const again = one.make('up', 'CLUSTERS=1')
    expect(again.status).toBe(0)
    expect(again.output).toContain('the mesh is up')
    expect(one.environment).toEqual(before)
    const other = one.make('up', 'CLUSTERS=2')
    expect(other.status).not.toBe(0)
    expect(other.output).toContain(
      'the mesh is up with CLUSTERS=1 MODE=standalone, not CLUSTERS=2 MODE=standalone: run `make down` first',
    )
    const wrong = one.make('up', 'CLUSTERS=abc')
    expect(wrong.status).not.toBe(0)
    expect(wrong.output).toContain('CLUSTERS must be a whole number from 0 to 50, not "abc"')
  }, 60_000)

  it('what was killed comes back: supervisor.log tells it with the time, mesh.env has the new process', async () => {
    const before = one.environment['K8OR_PIDS']?.split(',').map(Number) ?? []
    expect(before).toHaveLength(3)
    for (const pid of before) process.kill(pid, 'SIGKILL')
    const news = await eventually(
      () => {
        const log = one.supervisorLog
        return log.match(/again as process/g)?.length === 3 && log
      },
      { what: 'three restarts in the log' },
    )
    for (const name of ['standalone', 'nats', 'redis']) {
      expect(news).toMatch(new RegExp(`^\\S+Z ${name} ended with SIGKILL and is started again$`, 'm'))
      expect(news).toMatch(new RegExp(`^\\S+Z ${name} runs again as process \\d+$`, 'm'))
    }
    const after = one.environment['K8OR_PIDS']?.split(',').map(Number) ?? []
    expect(after.filter((pid) => isAlive(pid) && !before.includes(pid))).toHaveLength(3)
    const isBack = () => one.shell('bin/k8or app get shop -o json').includes('Healthy')
    await eventually(isBack, { timeoutMs: 30_000, stepMs: 200, what: 'an answer' })
  }, 60_000)

  it('`make down` ends every process and removes its state; the other checkout goes on', () => {
    const { environment } = one
    const pids = environment['K8OR_PIDS']?.split(',').map(Number) ?? []
    expect(one.make('down')).toEqual({ status: 0, output: '' })
    expect(pids.filter(isAlive)).toEqual([])
    expect(existsSync(join(one.path, '.run'))).toBe(false)
    expect(one.make('down')).toEqual({ status: 0, output: '' })
    expect(two.shell('bin/k8or app list -o name')).toContain('shop')
  }, 60_000)

  it("what a killed supervisor has left is in nobody's way", () => {
    const state = { pid: process.pid, clusters: 0, mode: 'standalone' }
    mkdirSync(join(one.path, '.run'))
    writeFileSync(join(one.path, '.run/supervisor.json'), JSON.stringify(state))
    expect(one.make('up', 'CLUSTERS=0').status).toBe(0)
    expect(one.shell('bin/k8or app list -o json').trim()).toBe('[]')
  }, 120_000)
})
