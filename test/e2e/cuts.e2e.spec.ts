import { join } from 'node:path'
import type { Fact, SyncFinished } from '@k8or/contracts'
import {
  DrivenRepository,
  eventually,
  gitRepo,
  RegistryClient,
  removeDir,
  startGitServer,
  tempDir,
  valueAt,
  type Cut,
  type GitServer,
  type KubeObject,
  type Relay,
} from '@k8or/rig'
import { k8orJson } from './src/command'
import { conditionsOf } from './src/conditions'
import { Counted } from './src/counted'
import { logSince, untilSaid } from './src/log-since'
import { deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { storedFacts } from './src/stored-facts'

const updater = 'argocd-image-updater.argoproj.io'

type Way = readonly [from: string, to: string]

/** Two parts between which every push must pass, and what the first says while it can not reach the second. */
const onTheWay: readonly { readonly from: string; readonly to: string; readonly says: RegExp }[] = [
  { from: 'codesource', to: 'nats', says: /the bus is away/ },
  { from: 'chartstore', to: 'nats', says: /the bus is away/ },
  { from: 'syncmaster', to: 'nats', says: /the bus is away/ },
  { from: 'chartstore', to: 'codesource', says: /"reason":"codesource / },
  { from: 'syncmaster', to: 'chartstore', says: /chartstore Releases/ },
  { from: 'syncmaster', to: 'accesspoint', says: /AccessPoint/ },
  { from: 'accesspoint', to: 'hub', says: /cluster in-cluster does not answer/ },
]

/** Ways that no push has to take; those of a line are cut together. */
const beside: readonly { readonly what: string; readonly ways: readonly Way[] }[] = [
  {
    what: 'Redis',
    ways: [
      ['codesource', 'redis'],
      ['chartstore', 'redis'],
      ['syncmaster', 'redis'],
    ],
  },
  { what: 'AccessPoint and the bus', ways: [['accesspoint', 'nats']] },
  {
    what: 'InsightHub and everybody',
    ways: [
      ['insighthub', 'nats'],
      ['insighthub', 'accesspoint'],
      ['accesspoint', 'insighthub'],
    ],
  },
  {
    what: 'who asks now and then and who is asked',
    ways: [
      ['codesource', 'accesspoint'],
      ['chartstore', 'accesspoint'],
      ['chartstore', 'syncmaster'],
      ['syncmaster', 'codesource'],
      ['accesspoint', 'codesource'],
      ['accesspoint', 'chartstore'],
      ['accesspoint', 'syncmaster'],
    ],
  },
]

/** Ways to what is no part of the mesh; they are cut together. */
const outside: readonly Way[] = [
  ['codesource', 'git'],
  ['accesspoint', 'cluster-1'],
  ['codesource', 'registry'],
]

const hows: readonly Cut[] = ['refuse', 'hang']
const bothWays = <Row extends object>(rows: readonly Row[]) =>
  hows.flatMap((how) => rows.map((row) => ({ ...row, how })))

describe('test/e2e/cuts.e2e', () => {
  const mesh = useMesh({
    mode: 'processes',
    relays: true,
    registry: true,
    clusters: 1,
    environment: { K8OR_REPOSITORY_ERROR_AFTER_MS: '1000', K8OR_REGISTRY_INTERVAL_MS: '1000' },
  })
  const dir = tempDir('cuts')
  let git: GitServer
  let here: Counted
  let elsewhere: Counted
  let wide: Counted
  let far: Counted
  let registry: RegistryClient

  const relay = ([from, to]: Way): Relay => mesh().mesh.relays.between(from, to)

  /** Cuts ways while something is done. */
  const whileCut = async (ways: readonly Way[], how: Cut, act: () => Promise<void>): Promise<void> => {
    try {
      for (const way of ways) await relay(way).cut(how)
      await act()
    } finally {
      for (const way of ways) await relay(way).heal()
    }
  }

  /** Waits until a condition of an Application says what is not reached. */
  const untilNamed = (application: Counted, pattern: RegExp): Promise<unknown> => {
    const isNamed = (one: KubeObject): boolean => conditionsOf(one).some(({ message }) => pattern.test(message))
    return mesh().driver.application(application.name, isNamed, 60_000)
  }

  /** Waits until what is wrong with the image policy reads so. */
  const untilWrong = (pattern: RegExp): Promise<unknown> => {
    const wrong = async (): Promise<boolean> => {
      const policies = await k8orJson<{ problems: string[] }[]>(mesh().driver, ['image', 'policies', 'followed'])
      return pattern.test(policies.flatMap(({ problems }) => problems).join())
    }
    return eventually(wrong, { timeoutMs: 60_000, stepMs: 500, what: String(pattern) })
  }

  /** Waits until the Application whose image is followed runs this one. */
  const untilImage = (image: string): Promise<unknown> => {
    const isNew = (object: unknown): boolean => valueAt(object, 'spec.template.spec.containers.0.image') === image
    return mesh().driver.hub.watchUntil('apps/v1/Deployment', 'default/followed', isNew, 100_000)
  }

  /** An Application whose image follows what is pushed to the registry. */
  const followed = async (): Promise<void> => {
    const { host, username, password } = registry.access
    const image = `${host}/shop/followed`
    const metadata = { name: 'pull', namespace: 'argocd' }
    const stringData = { login: `${username}:${password}` }
    await mesh().driver.hub.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData })
    await registry.push('shop/followed', '1.0.0', { files: { version: '1.0.0' } })
    const annotations = {
      [`${updater}/image-list`]: `followed=${image}:~1`,
      [`${updater}/followed.pull-secret`]: 'secret:argocd/pull#login',
    }
    const files = { 'app/web.yaml': deployment('followed', `${image}:1.0.0`, 0) }
    await mesh().driver.deploy('followed', files, { annotations })
  }

  /** After whatever happened: the push is there, once; what was changed by hand is not; and the status says so. */
  const allIsWell = async (application: Counted): Promise<void> => {
    await application.untilApplied()
    await application.untilPutBack()
    await application.untilTold()
    expect(await application.surplus()).toBe(0)
  }

  beforeAll(async () => {
    const { driver } = mesh()
    git = await startGitServer({ root: join(dir, 'git') })
    const onOther = async (name: string) => ({
      repository: new DrivenRepository(driver, git.urlOf(name), await gitRepo(git.root, name)),
    })
    here = await Counted.start(driver, 'here')
    elsewhere = await Counted.start(driver, 'elsewhere', await onOther('elsewhere'))
    wide = await Counted.start(driver, 'wide', { width: 20 })
    const [cluster] = mesh().mesh.clusters
    if (!cluster) throw new Error('the mesh was started without a further cluster')
    const server = `https://localhost:${String(relay(['accesspoint', cluster.name]).port)}`
    far = await Counted.start(driver, 'far', { ...(await onOther('far')), cluster: { client: cluster.client, server } })
    registry = new RegistryClient(await mesh().mesh.registry())
    await followed()
  }, 120_000)

  afterAll(async () => {
    await Promise.all([git.stop(), registry.close()])
    removeDir(dir)
  })

  it.each(bothWays(onTheWay))(
    'C132.3 between $from and $to is a cut ($how): who is not reached is said, and once healed the push is applied, once',
    async ({ from, to, says, how }) => {
      const said = logSince(mesh().mesh, from)
      let taken: Promise<unknown> | undefined
      await whileCut([[from, to]], how, async () => {
        await here.drift()
        ;({ taken } = await here.push())
        await untilSaid(said, says)
      })
      await taken
      await allIsWell(here)
    },
    200_000,
  )

  it.each(bothWays(beside))(
    'C132.3 between $what is a cut ($how): a push is applied and drift is put back all the same, once',
    async ({ ways, how }) => {
      await whileCut(ways, how, async () => {
        await here.drift()
        await here.pushed()
        await here.untilApplied()
        await here.untilPutBack()
      })
      await allIsWell(here)
    },
    150_000,
  )

  it.each(hows.map((how) => ({ how })))(
    'C132.3 C56.7 a git host, a cluster and a registry are cut off ($how): what needs one waits, and says so; all else goes on',
    async ({ how }) => {
      const tag = how === 'refuse' ? '1.1.0' : '1.2.0'
      const taken: Promise<unknown>[] = []
      await whileCut(outside, how, async () => {
        for (const waiting of [here, far]) {
          await waiting.drift()
          taken.push((await waiting.push()).taken)
        }
        await registry.push('shop/followed', tag, { files: { version: tag } })
        await here.untilPutBack()
        await elsewhere.pushed()
        await allIsWell(elsewhere)
        // A sync that is under way says so as its own failure, and what is compared anew as that of the comparison.
        const named = [
          untilNamed(here, /repository \S+here.git can not be reached/),
          untilNamed(far, /\bcluster cluster-1 (does not|can not)/),
          untilWrong(/registry localhost:\d+/),
        ]
        await Promise.all(named)
      })
      await Promise.all(taken)
      for (const waiting of [here, far]) await allIsWell(waiting)
      await untilImage(`${registry.access.host}/shop/followed:${tag}`)
      await untilWrong(/^$/)
    },
    250_000,
  )

  it.each([
    ['syncmaster', 'nats'],
    ['syncmaster', 'accesspoint'],
    ['accesspoint', 'hub'],
  ] as const)(
    'C132.3 C56.5 between %s and %s is a cut in the middle of a sync: it goes on where it was, and changes nothing twice',
    async (from, to) => {
      await wide.pushed()
      await wide.untilBegun()
      const said = logSince(mesh().mesh, from)
      await whileCut([[from, to]], 'refuse', () => untilSaid(said, /away|not (be reached|answer)/))
      await allIsWell(wide)
    },
    150_000,
  )

  it.each(['nats', 'redis', 'the API server'])(
    'C132.3 %s is killed in the middle of a push, and comes back: it is applied once',
    async (what) => {
      const { mesh: running } = mesh()
      await wide.pushed()
      await wide.untilBegun()
      if (what === 'the API server') await running.hub.restartApiServer()
      else running.kill(what, 'SIGKILL')
      await wide.drift()
      await allIsWell(wide)
      await running.untilReady()
    },
    150_000,
  )

  it('C132.3 after all that each fact is stored once, and each commit was synced once', async () => {
    const facts = await storedFacts(mesh(), 'FACTS')
    const ids = facts.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    const ends = facts.filter(({ type }) => type.includes('sync.finished')) as Fact<SyncFinished>[]
    const succeeded = ends.filter(({ data }) => data.phase === 'Succeeded')
    const synced = Map.groupBy(succeeded, ({ token, data }) => `${token} ${data.revisions.join()}`)
    expect(
      [...synced.values()].filter(({ length }) => length > 1).map((twice) => twice.map(({ data }) => data)),
    ).toEqual([])
  })
})
