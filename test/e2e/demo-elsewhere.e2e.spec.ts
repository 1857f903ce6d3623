import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeDir, repositoryRoot, startKube, tempDir, type KubeServer } from '@k8or/rig'
import { RunningProgram } from './src/running-program'

const definitionType = 'apiextensions.k8s.io/v1/CustomResourceDefinition'
const command = join(repositoryRoot, 'node_modules/node/bin/node')
const program = { command, args: ['-r', './tools/swc-ext.cjs', 'test/demo/main.ts'], cwd: repositoryRoot }

describe('test/e2e/demo-elsewhere.e2e', () => {
  const dir = tempDir('elsewhere')
  let kube: KubeServer
  const running: RunningProgram[] = []
  const start = (env: Record<string, string>): RunningProgram => {
    const demo = new RunningProgram({ ...program, env: { DEMO_EXIT: '1', KUBECONFIG: '/not/looked/at', ...env } })
    running.push(demo)
    return demo
  }

  const namespaces = async (): Promise<string[]> =>
    (await kube.client.list('v1/Namespace')).map(({ metadata }) => metadata.name)
  const definitions = async (): Promise<string[]> =>
    (await kube.client.list(definitionType)).map(({ metadata }) => metadata.name)

  beforeAll(async () => {
    kube = await startKube({ dir, name: 'somebodys', nodes: 1 })
    await kube.client.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'default' } })
  }, 90_000)

  afterEach(() => {
    for (const demo of running.splice(0)) demo.remove()
  })

  afterAll(async () => {
    await kube.stop()
    removeDir(dir)
  }, 30_000)

  it('does not touch the cluster when nobody can be asked', async () => {
    const before = await namespaces()
    const demo = start({ DEMO_KUBECONFIG: kube.kubeconfigPath })
    expect(await demo.ended()).toBe(1)
    expect(demo.errors).toContain(`context somebodys, server ${kube.url}`)
    expect(demo.errors).toContain('set DEMO_YES=1 to agree')
    expect(await namespaces()).toEqual(before)
    expect(await definitions()).toEqual([])
    expect(demo.files()).toEqual([])
  }, 60_000)

  it('plays in a namespace of its own when somebody agrees, and removes all that it made', async () => {
    const before = await namespaces()
    const demo = start({ DEMO_KUBECONFIG: kube.kubeconfigPath, DEMO_YES: '1' })
    await demo.untilPrinted('"shop" is declared')
    const [own = '', ...others] = (await namespaces()).filter((name) => !before.includes(name))
    expect(own).toMatch(/^k8or-demo-[0-9a-f]{6}$/)
    expect(others).toEqual([])
    await kube.client.watchUntil('apps/v1/Deployment', `${own}/web`, (web) => web !== undefined)
    expect({ code: await demo.ended(), errors: demo.errors }).toEqual({ code: 0, errors: '' })
    expect(demo.out).toContain(`context somebodys, server ${kube.url}`)
    expect(demo.out).toContain('ok three new pods are ready')
    expect(await namespaces()).toEqual(before)
    expect(await definitions()).toEqual([])
    expect(await kube.client.get('v1/ConfigMap', 'default/mine')).toBeDefined()
    expect(demo.files()).toEqual([])
    expect(demo.processes()).toEqual([])
  }, 180_000)

  it('removes all that it made when it is interrupted', async () => {
    const before = await namespaces()
    const demo = start({ DEMO_KUBECONFIG: kube.kubeconfigPath, DEMO_YES: '1' })
    await demo.untilPrinted('"shop" is declared')
    demo.kill('SIGTERM')
    expect(await demo.ended()).toBe(143)
    expect(await namespaces()).toEqual(before)
    expect(await definitions()).toEqual([])
  }, 180_000)

  it('names the context when a kubeconfig is not whole', async () => {
    const path = join(dir, 'broken')
    writeFileSync(path, 'apiVersion: v1\nkind: Config\ncurrent-context: gone\ncontexts: []\nclusters: []\nusers: []\n')
    const demo = start({ DEMO_KUBECONFIG: path, DEMO_YES: '1' })
    expect(await demo.ended()).toBe(1)
    expect(demo.errors).toContain(`${path}: the current context "gone" names no known cluster and user`)
  }, 30_000)
})
