import {
  accessRecorded,
  deliveryReceived,
  healthKey,
  healthRecord,
  releaseRendered,
  revisionObserved,
  type HealthRecord,
} from '@k8or/contracts'
import { eventually } from '@k8or/rig'
import { cluster, deployment, InsightUnderTest, timeoutMs } from '../test/insight-under-test'
import { findDeployment } from './domain/trace/find-deployment'
import { assembleTrace } from './domain/trace/hops'

describe('services/insighthub/src/insight.rig', () => {
  let under: InsightUnderTest

  beforeAll(async () => {
    under = await InsightUnderTest.start()
  }, 90_000)
  afterAll(() => under.stop(), 30_000)

  it('judges a Deployment through its rollout, and announces it as a consequence of its sync', async () => {
    const shop = await under.declare('shop')
    const sync = await under.deploy(shop, 1, [deployment('web', 'shop/web:1', shop.uid)])
    await under.becomes(shop, 'Healthy')
    await eventually(() => under.factsOf(shop).at(-1)?.data.health.status === 'Healthy', { what: 'the fact' })
    const facts = under.factsOf(shop)
    expect(facts.map(({ data }) => data.health.status)).toEqual(['Progressing', 'Healthy'])
    expect(new Set(facts.flatMap(({ causes }) => causes))).toEqual(new Set([sync]))
    expect(facts.map(({ correlationId, data }) => [correlationId, data.cluster])).toEqual([
      ['delivery-1', cluster],
      ['delivery-1', cluster],
    ])
    const live = await under.kube.client.get('apps/v1/Deployment', 'default/web')
    expect(facts[0]?.data.objects).toMatchObject([
      { uid: live?.metadata.uid, generation: 1, health: { status: 'Progressing' } },
    ])
  }, 60_000)

  it('calls a deployment degraded that makes no progress', async () => {
    const broken = await under.declare('broken')
    const object = deployment('stuck', 'shop/web:bad', broken.uid)
    Object.assign(object['spec'] as object, { progressDeadlineSeconds: 1 })
    await under.deploy(broken, 1, [object])
    await under.becomes(broken, 'Degraded')
    const { value } = (await under.verdictOf(broken))!
    expect(value.health?.message).toBe('Caused by apps/Deployment:default/stuck')
  }, 60_000)

  it('grows the tree from the application to its pods', async () => {
    const shop = await under.declare('shop')
    const nodes = under.insight.judge.tree(shop.uid)!
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
    await under.bus('insighthub').records(healthRecord).watch(take, { signal: stop.signal })
    const waits: number[] = []
    for (const name of ['quick', 'quicker', 'quickest', 'quick-again']) {
      const quick = await under.declare(name)
      await under.deploy(quick, 1, [deployment(name, 'shop/web:1', quick.uid)])
      const finished = performance.now()
      waits.push((await eventually(() => seen.get(healthKey(quick.uid, null)), { timeoutMs })) - finished)
    }
    stop.abort()
    // Who waits for a sweep begins the next round right after it, and waits for most of a second each time but the first.
    // NOTE: the least of them, because test machines are busy; the figure itself is for the benchmark.
    expect(Math.min(...waits.slice(1))).toBeLessThan(500)
  }, 60_000)

  it('calls what a silent cluster runs unknown, not healthy, until it speaks again (IH.4)', async () => {
    const shop = await under.declare('shop')
    await under.becomes(shop, 'Healthy')
    under.gate.cut()
    await under.becomes(shop, 'Unknown')
    const { value } = (await under.verdictOf(shop))!
    expect(value.health?.message).toContain('cluster in-cluster has said nothing about Deployment since')
    under.gate.mend()
    await under.becomes(shop, 'Healthy')
  }, 60_000)

  it('reads clusters through the gate alone, and only reads (IH.5)', () => {
    expect(under.gate.calls.length).toBeGreaterThan(0)
    expect(new Set(under.gate.calls.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(new Set(under.gate.calls.map((call) => call.cluster))).toEqual(new Set([cluster]))
  })

  it('calls an object missing when the cluster says that it is gone, not when it lost its label', async () => {
    const shop = await under.declare('shop')
    const before = under.factsOf(shop).length
    await under.kube.client.patch('apps/v1/Deployment', 'default/web', {
      metadata: { labels: { 'k8or.dev/application': null } },
    })
    await eventually(() => under.gate.calls.some(({ path }) => path.endsWith('/deployments/web')), {
      what: 'the cluster to be asked',
    })
    await new Promise(setImmediate)
    // The fact of what came before may still be on its way.
    const since = under.factsOf(shop).slice(before)
    expect(since.map(({ data }) => data.health.status)).not.toContain('Missing')
    await under.kube.client.patch('apps/v1/Deployment', 'default/web', {
      metadata: { labels: { 'k8or.dev/application': shop.uid } },
    })
    await under.kube.client.delete('apps/v1/Deployment', 'default/web')
    await under.becomes(shop, 'Missing')
  }, 60_000)

  it('leads from a commit to the whole chain in order', async () => {
    const traced = await under.declare('traced')
    const repository = { url: 'https://git.example.com/shop', token: 'r-0011' }
    await under.say(
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
    await under.say(
      revisionObserved,
      'revision-1',
      { ...revision, ...commit },
      { token: 'r-0011', causes: ['delivery-1'] },
    )
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
    await under.say(releaseRendered, 'release-1', rendered, { causes: ['revision-1'] })
    await under.deploy(traced, 1, [deployment('traced', 'shop/web:1', traced.uid)], ['release-1'])
    await under.becomes(traced, 'Healthy')
    const hops = await eventually(
      () => {
        const trace = assembleTrace(findDeployment(under.insight.index, { by: 'commit', commit: 'abc1' }))
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
    await under.say(accessRecorded, 'access-1', {
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
    await eventually(() => under.insight.index.all().some(({ id }) => id === 'access-1'), {
      what: 'the access record in the index',
    })
    await under.insight.stop()
    const before = under.readIndex()
    under.loseIndex()
    await under.begin()
    await under.insight.stop()
    expect(under.readIndex().slice(0, before.length)).toEqual(before)
    await under.begin()
  }, 60_000)

  it('says nothing new after a restart when nothing is new', async () => {
    const traced = await under.declare('traced')
    const rows = await under.rowsOf(traced)
    const before = under.factsOf(traced).length
    await under.insight.stop()
    await under.begin()
    await eventually(() => under.insight.judge.tree(traced.uid)?.length === 4, { what: 'the tree to be seen again' })
    expect(await under.rowsOf(traced)).toEqual(rows)
    expect(under.factsOf(traced).length).toBe(before)
  }, 60_000)

  it('removes the rows of an application that went while it was down', async () => {
    const traced = await under.declare('traced')
    const [row] = await under.rowsOf(traced)
    await under.insight.stop()
    const ghost = { ...traced, uid: 'ghost' }
    await under
      .bus('insighthub')
      .records(healthRecord)
      .put(healthKey('ghost', null), { ...row!, application: ghost })
    await under.begin()
    await eventually(async () => (await under.rowsOf(ghost)).length === 0, { what: 'the rows to go' })
    expect(await under.rowsOf(traced)).not.toEqual([])
  }, 60_000)
})
