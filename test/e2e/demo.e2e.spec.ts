import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  eventually,
  KubeClient,
  MeshDriver,
  readKubeconfig,
  readMeshEnvironment,
  repositoryRoot,
  type KubeObject,
} from '@k8or/rig'
import { load } from 'js-yaml'
import { deployment } from './src/manifests'
import { RunningProgram } from './src/running-program'

const node = join(repositoryRoot, 'node_modules/node/bin/node')
const program = { command: node, args: ['-r', './tools/swc-ext.cjs', 'test/demo/main.ts'], cwd: repositoryRoot }

const firstAct = { DEMO_ACTS: 'first' }
const clusters = ['staging', 'production-east', 'production-west']
const wholeStory = [
  'an OCI registry is up',
  'three more real API servers are up: staging and two of production',
  'six Applications are Synced and Healthy: 1.0.0 runs on all three',
  'the mesh has committed the new image to the manifests',
  ...clusters.map((name) => `${name} runs shop/web:1.1.0 and is Healthy`),
  'it has 2 again',
  'staging is Degraded: its new pods crash',
  'the manifests name the version before: a commit that reverts',
  'staging runs shop/web:1.1.0 again and is Healthy',
  'production did not notice',
  'the mesh can tell every hop, from the webhook to healthy pods',
].toSorted()

describe('test/e2e/demo.e2e', () => {
  const running: RunningProgram[] = []
  const start = (options: ConstructorParameters<typeof RunningProgram>[0]): RunningProgram => {
    const demo = new RunningProgram(options)
    running.push(demo)
    return demo
  }

  afterEach(() => {
    for (const demo of running.splice(0)) demo.remove()
  })

  it('`make demo` shows a push becoming healthy pods with a time for each hop, and leaves nothing behind', async () => {
    const demo = start({
      command: 'make',
      args: ['-s', 'demo'],
      cwd: repositoryRoot,
      env: { DEMO_EXIT: '1', CI: 'true', FORCE_COLOR: '1' },
    })
    await demo.untilPrinted('"shop" is declared')
    const pids = meshDriver(demo).pids()
    expect(await demo.ended()).toBe(0)
    expect(demo.errors).toBe('')
    const steps = demo.out.split('\n').filter((line) => /^ *\d+\.\d\d s {2}ok .+ \(\d+ ms\)$/.test(line))
    const told = steps.map((line) => line.replace(/^.* ok | \(\d+ ms\)$/g, ''))
    // What several clusters do at once comes in any order.
    expect([...told.slice(0, 6), ...told.slice(6).toSorted()]).toEqual([
      'it is Synced and Healthy: 2 pods are ready',
      'the Deployment on the cluster has image shop/web:1.1',
      'three new pods are ready, the Application is Healthy',
      'it has 3 again',
      'and is Healthy',
      'the mesh can tell every hop, from the webhook to healthy pods',
      ...wholeStory,
    ])
    const [first = '', second = ''] = demo.out.split('Three repositories, a registry, three clusters')
    expectTrueTrace(first)
    expectWholeChain(second)
    expect(demo.out).toContain('everything is stopped and removed')
    expect(demo.files()).toEqual([])
    expect(demo.processes()).toEqual([])
    expect(pids.filter(isAlive)).toEqual([])
  }, 420_000)

  it('is told to its end although the mesh is killed in the middle', async () => {
    const demo = start({ ...program, env: { ...firstAct, DEMO_EXIT: '1' } })
    await demo.untilPrinted('"shop" is declared')
    for (const pid of meshDriver(demo).pids()) process.kill(pid, 'SIGKILL')
    expect(await demo.ended()).toBe(0)
    expect(demo.out).toContain('ok three new pods are ready')
  }, 120_000)

  it('ends with 1 and says why when git refuses, and leaves nothing behind', async () => {
    const demo = start({ ...program, env: { ...firstAct, DEMO_EXIT: '1' } })
    const git = await eventually(() => stateOf(demo, 'git'), { timeoutMs: 30_000, what: 'the root of the git server' })
    writeFileSync(join(git, 'shop.git'), 'in the way')
    expect(await demo.ended()).toBe(1)
    expect(demo.errors).toMatch(/the demo did not go as told: .*shop\.git/)
    expect(demo.files()).toEqual([])
    expect(demo.processes()).toEqual([])
  }, 120_000)

  it('ends with 1 and names the step when the cluster has something else than was told', async () => {
    const demo = start({ ...program, env: { ...firstAct, DEMO_EXIT: '1', DEMO_PATIENCE_S: '4' } })
    const kubeconfig = await eventually(() => stateOf(demo, 'kube'), { timeoutMs: 30_000, what: 'the hub' })
    await inTheWay(join(kubeconfig, 'hub/kubeconfig'))
    expect(await demo.ended()).toBe(1)
    expect(demo.errors).toContain('expected that it is Synced and Healthy: 2 pods are ready')
    expect(demo.errors).toContain('field is immutable')
    expect(demo.files()).toEqual([])
    expect(demo.processes()).toEqual([])
  }, 120_000)

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'cleans up when %s comes in the middle, and ends as shells expect',
    async (signal, code) => {
      const demo = start({ ...program, env: firstAct })
      await demo.untilPrinted('"shop" is declared')
      demo.kill(signal)
      expect(await demo.ended()).toBe(code)
      expect(demo.errors).toContain(`the demo was interrupted by ${signal}`)
      expect(demo.files()).toEqual([])
      expect(demo.processes()).toEqual([])
    },
    120_000,
  )

  it('cleans up when nobody reads it any more', async () => {
    const demo = start({ ...program, env: firstAct })
    await demo.untilPrinted('"shop" is declared')
    demo.stopReading()
    expect(await demo.ended()).toBe(141)
    expect(demo.files()).toEqual([])
    expect(demo.processes()).toEqual([])
  }, 120_000)

  it('stays up when all is told until Ctrl-C, which is no failure', async () => {
    const demo = start({ ...program, env: firstAct })
    await demo.untilPrinted('bin/k8or app list')
    const driver = meshDriver(demo)
    const { applications } = await driver.people.call<{ applications: unknown[] }>(
      'k8or.syncmaster.v1.Applications/List',
      {},
    )
    await driver.close()
    expect(applications).toHaveLength(1)
    demo.kill('SIGINT')
    expect(await demo.ended()).toBe(0)
    expect(demo.processes()).toEqual([])
    expect(demo.files()).toEqual([])
  }, 120_000)
})

/** A folder of the demo's state, once it is there. */
function stateOf(demo: RunningProgram, folder: string): string | undefined {
  const [state = ''] = demo.files().filter((name) => name.startsWith('k8or-demo-'))
  const path = join(demo.temporary, state, folder)
  return existsSync(path) && state !== '' ? path : undefined
}

function meshDriver(demo: RunningProgram): MeshDriver {
  return new MeshDriver(readMeshEnvironment(stateOf(demo, 'mesh.env') ?? 'no mesh.env'))
}

// A Deployment whose selector is another one: a selector can not be changed.
async function inTheWay(kubeconfig: string): Promise<void> {
  const object = load(deployment('web', 'shop/other:1', 1).replaceAll('app: web', 'app: other'))
  const put = async (): Promise<unknown> => {
    const hub = new KubeClient(readKubeconfig(kubeconfig))
    try {
      return await hub.apply({ ...(object as KubeObject), metadata: { name: 'web', namespace: 'default' } })
    } finally {
      await hub.close()
    }
  }
  await eventually(put, { timeoutMs: 30_000, what: 'a Deployment in the way' })
}

/** Expects that each hop has a time, that times grow, and that the sum at the end is theirs. */
function expectTrueTrace(out: string): void {
  const [commit = ''] = /(?<=a commit )[0-9a-f]{8}/.exec(out) ?? []
  const hops = [...out.matchAll(/^ +([\d.]+) (ms|s) +\+([\d.]+) (ms|s) .*? (\w+\.\w+) /gm)]
  expect(hops.map(([, , , , , fact]) => fact)).toEqual([
    'delivery.received',
    'revision.observed',
    'release.rendered',
    'sync.planned',
    'sync.started',
    'access.recorded',
    'sync.finished',
    'health.changed',
  ])
  const after = hops.map(([, figure, unit]) => Number(figure) * (unit === 's' ? 1000 : 1))
  expect(after).toEqual(after.toSorted((one, other) => one - other))
  const observed = out.split('\n').find((line) => line.includes('revision.observed'))
  expect(commit).not.toBe('')
  expect(observed).toContain(commit)
  expect(out).toMatch(new RegExp(`${String(hops.length)} hops in ${hops.at(-1)?.[1] ?? ''} `))
}

/** Expects the chain of one deployment, from the registry's word to three healthy clusters, and the table of lead times. */
function expectWholeChain(out: string): void {
  const facts = [...out.matchAll(/^ +[\d.]+ (?:ms|s) +\+[\d.]+ (?:ms|s) .*? (\w+\.\w+) /gm)].map(
    ([, fact]) => fact ?? '',
  )
  expect(facts.slice(0, 3)).toEqual(['delivery.received', 'image.built', 'image.considered'])
  const once = ['commit.pushed', 'revision.observed']
  const each = [
    'image.considered',
    'release.rendered',
    'sync.planned',
    'sync.started',
    'access.recorded',
    'sync.finished',
    'health.changed',
  ]
  for (const fact of once) expect(facts.filter((one) => one === fact)).toHaveLength(1)
  for (const fact of each) expect([fact, facts.filter((one) => one === fact).length]).toEqual([fact, clusters.length])
  for (const name of clusters) expect(out).toMatch(new RegExp(`argocd/shop-${name} +${name} +the whole way +2 `))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
