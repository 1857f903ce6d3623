import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  accessRecorded,
  applicationRecord,
  clusterRecord,
  deliveryReceived,
  healthChanged,
  healthKey,
  healthRecord,
  releaseRendered,
  revisionObserved,
  sha256,
  syncFinished,
  syncStarted,
  type ApplicationRef,
  type EventDefinition,
  type Fact,
  type HealthChanged,
  type HealthRecord,
  type ServiceName,
} from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import {
  DirectGate,
  eventually,
  removeDir,
  startKube,
  startTestBus,
  tempDir,
  type KubeObject,
  type KubeServer,
  type TestBus,
} from '@k8or/rig'
import { SqliteFactIndex } from './adapters/sqlite/fact-index'
import { findDeployment } from './domain/trace/find-deployment'
import { assembleTrace } from './domain/trace/hops'
import { Insight } from './insight'

const cluster = 'in-cluster'
const timeoutMs = 20_000

const deployment = (name: string, image: string, application: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default', labels: { 'k8or.dev/application': application } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } },
  },
})

describe('services/insighthub/src/insight.rig', () => {
  const dir = tempDir('insighthub')
  const indexFile = join(dir, 'state', 'index.db')
  const announced: Fact<HealthChanged>[] = []
  const listening = new AbortController()
  const buses = new Map<ServiceName, Bus>()
  let kube: KubeServer
  let nats: TestBus
  let gate: DirectGate
  let insight: Insight
  let following: Promise<void>

  const bus = (service: ServiceName): Bus => buses.get(service)!
  const begin = async (): Promise<void> => {
    insight = new Insight(
      { index: { file: indexFile, maxAgeMs: 1e10, maxBytes: 1e9 }, silenceMs: 1500 },
      { bus: bus('insighthub'), gate },
    )
    await insight.start(new AbortController().signal)
  }

  beforeAll(async () => {
    ;[kube, nats] = await Promise.all([
      startKube({ dir: join(dir, 'kube'), nodes: 2 }),
      startTestBus(join(dir, 'nats')),
    ])
    for (const service of ['accesspoint', 'codesource', 'chartstore', 'syncmaster', 'insighthub'] as const)
      buses.set(service, await connectBus({ url: nats.url, identity: await nats.identity(service), failFast: true }))
    await bus('accesspoint').records(clusterRecord).put(sha256(cluster).slice(0, 24), {
      name: cluster,
      server: 'https://kubernetes.default.svc',
      labels: {},
      namespaces: [],
      reachable: true,
      reason: '',
      version: '1.36',
    })
    following = bus('insighthub').replay({
      stream: 'FACTS',
      fromSequence: 0,
      signal: listening.signal,
      onFact: (fact) => {
        if (fact.type.includes('health.changed'))
          announced.push({ ...fact, data: healthChanged.schema.parse(fact.data) })
      },
    })
    gate = new DirectGate(kube)
    await begin()
  }, 90_000)

  afterAll(async () => {
    listening.abort()
    await following
    await insight.stop()
    await gate.close()
    await Promise.all([...buses.values()].map((each) => each.close()))
    await Promise.all([kube.stop(), nats.stop()])
    removeDir(dir)
  }, 30_000)

  const declare = async (name: string): Promise<ApplicationRef> => {
    const ref = { uid: `uid-of-${name}`, namespace: 'argocd', name, project: 'default' }
    const destination = { server: 'https://kubernetes.default.svc', name: '', namespace: 'default' }
    const row = { ref, token: `${name}_1`, bucket: 1, destination, sources: [], specDigest: '', refresh: '' }
    await bus('syncmaster').records(applicationRecord).put(ref.uid, row)
    await eventually(() => insight.judge.tree(ref.uid), { what: `the account of ${name}` })
    return ref
  }

  const say = <Data>(
    event: EventDefinition<Data>,
    id: string,
    data: Data,
    more: { token?: string; causes?: string[]; time?: Date } = {},
  ) =>
    bus(event.owner).publisher.publish(event, {
      id,
      token: 'some_1',
      time: new Date(),
      causes: [],
      correlationId: 'delivery-1',
      actor: 'git:ann',
      data,
      ...more,
    })

  /** Does what SyncMaster does: tells of a sync, applies, tells of its end. */
  const deploy = async (
    application: ApplicationRef,
    release: number,
    objects: KubeObject[],
    causes: string[] = [],
  ): Promise<string> => {
    const sync = `${application.uid}-${release}-1`
    const common = { application, sync, release, cluster, revisions: ['abc1'] }
    const begun = new Date()
    await say(
      syncStarted,
      `${sync}/started`,
      { ...common, trigger: 'release', automated: true, waves: 1, kinds: [] },
      { causes },
    )
    const applied = await Promise.all(objects.map((object) => kube.client.apply(object)))
    const synced = applied.map((object) => ({
      object: { group: 'apps', version: 'v1', kind: object.kind, namespace: 'default', name: object.metadata.name },
      result: 'configured' as const,
      uid: object.metadata.uid!,
      generation: object.metadata.generation!,
      message: '',
    }))
    const times = { startedAt: begun.toISOString(), finishedAt: new Date().toISOString() }
    await say(
      syncFinished,
      `${sync}/finished`,
      { ...common, phase: 'Succeeded', message: '', objects: synced, total: synced.length, ...times },
      { causes: [`${sync}/started`] },
    )
    return `${sync}/finished`
  }

  const factsOf = ({ uid }: ApplicationRef) => announced.filter(({ data }) => data.application.uid === uid)
  const verdictOf = ({ uid }: ApplicationRef) => bus('insighthub').records(healthRecord).get(healthKey(uid, null))
  const becomes = (application: ApplicationRef, status: string) =>
    eventually(async () => (await verdictOf(application))?.value.health?.status === status, {
      timeoutMs,
      what: `${application.name} to be ${status}`,
    })

  it('judges a Deployment through its rollout, and announces it as a consequence of its sync', async () => {
    const shop = await declare('shop')
    const sync = await deploy(shop, 1, [deployment('web', 'shop/web:1', shop.uid)])
    await becomes(shop, 'Healthy')
    await eventually(() => factsOf(shop).at(-1)?.data.health.status === 'Healthy', { what: 'the fact' })
    const facts = factsOf(shop)
    expect(facts.map(({ data }) => data.health.status)).toEqual(['Progressing', 'Healthy'])
    expect(new Set(facts.flatMap(({ causes }) => causes))).toEqual(new Set([sync]))
    expect(facts.map(({ correlationId, data }) => [correlationId, data.cluster])).toEqual([
      ['delivery-1', cluster],
      ['delivery-1', cluster],
    ])
    const live = await kube.client.get('apps/v1/Deployment', 'default/web')
    expect(facts[0]?.data.objects).toMatchObject([
      { uid: live?.metadata.uid, generation: 1, health: { status: 'Progressing' } },
    ])
  }, 60_000)

  it('calls a deployment degraded that makes no progress', async () => {
    const broken = await declare('broken')
    const object = deployment('stuck', 'shop/web:bad', broken.uid)
    Object.assign(object['spec'] as object, { progressDeadlineSeconds: 1 })
    await deploy(broken, 1, [object])
    await becomes(broken, 'Degraded')
    const { value } = (await verdictOf(broken))!
    expect(value.health?.message).toBe('Caused by apps/Deployment:default/stuck')
  }, 60_000)

  it('grows the tree from the application to its pods', async () => {
    const shop = await declare('shop')
    const nodes = insight.judge.tree(shop.uid)!
    expect(nodes.map(({ object }) => object.ref.kind)).toEqual(['Deployment', 'ReplicaSet', 'Pod', 'Pod'])
    expect(nodes[1]?.parent).toBe(nodes[0]?.object.uid)
    expect(nodes.map(({ object }) => object.health?.status)).toEqual(['Healthy', 'Healthy', 'Healthy', 'Healthy'])
    expect(nodes[3]?.object.images).toEqual(['shop/web:1'])
  })

  it('judges at the event, not at the next sweep', async () => {
    const seen = new Map<string, number>()
    const stop = new AbortController()
    const take = ({ key, value }: { key: string; value: HealthRecord | null }) =>
      value?.health?.status === 'Progressing' && !seen.has(key) && seen.set(key, performance.now())
    await bus('insighthub').records(healthRecord).watch(take, { signal: stop.signal })
    const waits: number[] = []
    for (const name of ['quick', 'quicker', 'quickest', 'quick-again']) {
      const quick = await declare(name)
      await deploy(quick, 1, [deployment(name, 'shop/web:1', quick.uid)])
      const finished = performance.now()
      waits.push((await eventually(() => seen.get(healthKey(quick.uid, null)), { timeoutMs })) - finished)
    }
    stop.abort()
    // Who waits for a sweep begins the next round right after it, and waits for most of a second each time but the first.
    // NOTE: the least of them, because test machines are busy; the figure itself is for the benchmark.
    expect(Math.min(...waits.slice(1))).toBeLessThan(500)
  }, 60_000)

  it('calls what a silent cluster runs unknown, not healthy, until it speaks again (IH.4)', async () => {
    const shop = await declare('shop')
    await becomes(shop, 'Healthy')
    gate.cut()
    await becomes(shop, 'Unknown')
    const { value } = (await verdictOf(shop))!
    expect(value.health?.message).toContain('cluster in-cluster has said nothing about Deployment since')
    gate.mend()
    await becomes(shop, 'Healthy')
  }, 60_000)

  it('reads clusters through the gate alone, and only reads (IH.5)', () => {
    expect(gate.calls.length).toBeGreaterThan(0)
    expect(new Set(gate.calls.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(new Set(gate.calls.map((call) => call.cluster))).toEqual(new Set([cluster]))
  })

  it('calls an object missing when the cluster says that it is gone, not when it lost its label', async () => {
    const shop = await declare('shop')
    const before = factsOf(shop).length
    await kube.client.patch('apps/v1/Deployment', 'default/web', {
      metadata: { labels: { 'k8or.dev/application': null } },
    })
    await eventually(() => gate.calls.some(({ path }) => path.endsWith('/deployments/web')), {
      what: 'the cluster to be asked',
    })
    await new Promise(setImmediate)
    // The fact of what came before may still be on its way.
    const since = factsOf(shop).slice(before)
    expect(since.map(({ data }) => data.health.status)).not.toContain('Missing')
    await kube.client.patch('apps/v1/Deployment', 'default/web', {
      metadata: { labels: { 'k8or.dev/application': shop.uid } },
    })
    await kube.client.delete('apps/v1/Deployment', 'default/web')
    await becomes(shop, 'Missing')
  }, 60_000)

  it('leads from a commit to the whole chain in order', async () => {
    const traced = await declare('traced')
    const repository = { url: 'https://git.example.com/shop', token: 'r-0011' }
    await say(
      deliveryReceived,
      'delivery-1',
      { delivery: '1', provider: 'github', event: 'push', repositories: [], after: 'abc1', redelivery: false },
      { token: 'r-0011' },
    )
    const revision = {
      repository,
      targetRevision: 'main',
      ref: 'refs/heads/main',
      commit: 'abc1',
      previous: null,
      ordinal: 1,
    }
    const commit = { author: 'ann', subject: 'change', committedAt: new Date().toISOString(), via: 'webhook' as const }
    await say(revisionObserved, 'revision-1', { ...revision, ...commit }, { token: 'r-0011', causes: ['delivery-1'] })
    const source = { repoURL: repository.url, path: '', targetRevision: 'main', revision: 'abc1', tree: 't' }
    const rendered = {
      application: traced,
      release: 1,
      digest: 'd',
      inputDigest: 'i',
      sources: [source],
      objects: 1,
      images: [],
      warnings: [],
    }
    await say(releaseRendered, 'release-1', rendered, { causes: ['revision-1'] })
    await deploy(traced, 1, [deployment('traced', 'shop/web:1', traced.uid)], ['release-1'])
    await becomes(traced, 'Healthy')
    const hops = await eventually(
      () => {
        const trace = assembleTrace(findDeployment(insight.index, { by: 'commit', commit: 'abc1' }))
        return trace.hops.some(({ fact }) => fact === 'health.changed') && trace.hops
      },
      { what: 'the verdict in the trace' },
    )
    expect(hops.map(({ fact }) => fact)).toEqual([
      'delivery.received',
      'revision.observed',
      'release.rendered',
      'sync.started',
      'sync.finished',
      'health.changed',
    ])
    expect(hops.at(-1)).toMatchObject({
      summary: 'Healthy',
      cluster,
      application: 'argocd/traced',
      actor: 'service:insighthub',
    })
  }, 60_000)

  it('builds the index again from the facts when it was deleted, just as it was (C32.1, C56.8)', async () => {
    await say(accessRecorded, 'access-1', {
      replica: 'a',
      sequence: 1,
      at: new Date().toISOString(),
      caller: 'spiffe://k8or.mesh/svc/syncmaster',
      cluster,
      verb: 'patch',
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/default/deployments/web',
      application: 'uid-of-shop',
      release: 1,
      phase: 'outcome',
      outcome: 'allowed',
      rule: 'applications',
      reason: '',
      previousHash: '',
      hash: 'h',
    })
    await eventually(() => insight.index.all().some(({ id }) => id === 'access-1'), {
      what: 'the access record in the index',
    })
    await insight.stop()
    const before = readIndex()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${indexFile}${suffix}`, { force: true })
    await begin()
    await insight.stop()
    expect(readIndex().slice(0, before.length)).toEqual(before)
    await begin()
  }, 60_000)

  it('says nothing new after a restart when nothing is new', async () => {
    const traced = await declare('traced')
    const rows = await rowsOf(traced)
    const before = factsOf(traced).length
    await insight.stop()
    await begin()
    await eventually(() => insight.judge.tree(traced.uid)?.length === 4, { what: 'the tree to be seen again' })
    expect(await rowsOf(traced)).toEqual(rows)
    expect(factsOf(traced).length).toBe(before)
  }, 60_000)

  it('removes the rows of an application that went while it was down', async () => {
    const traced = await declare('traced')
    const [row] = await rowsOf(traced)
    await insight.stop()
    const ghost = { ...traced, uid: 'ghost' }
    await bus('insighthub')
      .records(healthRecord)
      .put(healthKey('ghost', null), { ...row!, application: ghost })
    await begin()
    await eventually(async () => (await rowsOf(ghost)).length === 0, { what: 'the rows to go' })
    expect(await rowsOf(traced)).not.toEqual([])
  }, 60_000)

  const rowsOf = async ({ uid }: ApplicationRef): Promise<HealthRecord[]> =>
    (await bus('insighthub').records(healthRecord).list(`${uid}.>`)).map(({ value }) => value)

  function readIndex() {
    const index = new SqliteFactIndex(indexFile)
    try {
      return index.all()
    } finally {
      index.close()
    }
  }
})
