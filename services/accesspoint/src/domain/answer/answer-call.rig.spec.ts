import { createServer, type Server } from 'node:net'
import { createClusters, type Clusters, type KubeError } from '@k8or/cluster-client'
import { clusterRecord, type ClusterRecord } from '@k8or/contracts'
import { connectBus } from '@k8or/jetstream'
import type { KubeObject } from '@k8or/kube-objects'
import { describeError, Later } from '@k8or/outcome'
import { eventually, type KubeServer, type TestBus } from '@k8or/rig'
import { appProject, clusterSecret, configMap, GateUnderTest, under } from '../../../test/gate-under-test'

const signal = new AbortController().signal

const role: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'wide' },
  rules: [],
}

describe('services/accesspoint/src/domain/answer/answer-call.rig', () => {
  let gate: GateUnderTest
  let hub: KubeServer
  let far: KubeServer
  let bus: TestBus
  let clusters: Clusters
  let mute: Server
  let mutePort = 0

  beforeAll(async () => {
    gate = await GateUnderTest.create('accesspoint-gate')
    ;({ hub, far, bus, clusters } = gate)
    mute = createServer((socket) => socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    mutePort = (mute.address() as { port: number }).port
  }, 90_000)

  afterAll(async () => {
    mute.close()
    await gate.stop()
  }, 30_000)

  const application = (...declared: Parameters<GateUnderTest['application']>) => gate.application(...declared)

  it('C52.2 lets an application go where its project permits, and nowhere else', async () => {
    await hub.client.apply(
      appProject('dev', {
        destinations: [
          { name: 'far', namespace: '*' },
          { name: '*', namespace: '!kube-*' },
        ],
        sourceNamespaces: [],
      }),
    )
    const inDev = await application('in-dev', 'dev', { name: 'far', namespace: 'shop' })
    const inProd = await application('in-prod', 'dev', {
      server: 'https://kubernetes.default.svc',
      namespace: 'kube-public',
    })
    expect((await clusters.apply('far', configMap('dev', 'shop'), under(inDev))).metadata.uid).toBeDefined()
    await expect(clusters.apply('in-cluster', configMap('prod', 'kube-public'), under(inProd))).rejects.toThrow(
      "in project 'dev'",
    )
    await expect(clusters.apply('far', configMap('other', 'kube-system'), under(inDev))).rejects.toThrow(
      "namespace kube-system is not permitted in project 'dev'",
    )
    const elsewhere = clusters.apply('in-cluster', configMap('other'), under(inDev))
    await expect(elsewhere).rejects.toThrow('application argocd/in-dev goes to cluster far, not to in-cluster')
    expect(await hub.client.get('v1/ConfigMap', 'kube-public/prod')).toBeUndefined()
  })

  it('names the rule of the project that denies, and what to change', async () => {
    await hub.client.apply(appProject('narrow', { destinations: [{ server: '*', namespace: '*' }] }))
    const uid = await application('narrow', 'narrow', { name: 'far', namespace: 'shop' })
    await expect(clusters.apply('far', role, under(uid))).rejects.toThrow(
      'resource rbac.authorization.k8s.io:ClusterRole is not permitted in project narrow; extend clusterResourceWhitelist of AppProject narrow (rule project:narrow:clusterResourceWhitelist)',
    )
  })

  it('C52.5 follows a change of the policy at once, without a restart', async () => {
    const uid = await application('follows', 'narrow', { name: 'far', namespace: 'shop' })
    await expect(clusters.apply('far', role, under(uid))).rejects.toMatchObject({ status: 403 })
    const wider = {
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: 'ClusterRole' }],
    }
    await hub.client.apply(appProject('narrow', wider))
    await eventually(() => clusters.apply('far', role, under(uid)))
    await hub.client.apply(appProject('narrow', { ...wider, destinations: [] }))
    await eventually(() =>
      clusters.apply('far', role, under(uid)).then(
        () => false,
        (error: unknown) => (error as KubeError).status === 403,
      ),
    )
  })

  it('refuses a mutation that names no application, an unknown one, or no release', async () => {
    await expect(clusters.apply('far', configMap('x'), { signal })).rejects.toThrow('must name the application')
    await expect(clusters.apply('far', configMap('x'), under('no-such-uid'))).rejects.toThrow(
      'no Application on the hub has the uid',
    )
    await expect(
      createClusters(gate.access.gate('insighthub')).apply('far', configMap('x'), under('u')),
    ).rejects.toThrow('default-deny')
    await expect(
      createClusters(gate.access.gate('chartstore')).list('far', { group: '', version: 'v1', kind: 'Pod' }, { signal }),
    ).rejects.toThrow('chartstore has no business with clusters')
  })

  it('lets SyncMaster write the status of Applications and Events beside them, but not what people declare', async () => {
    await application('owned', 'default', { name: 'far', namespace: 'shop' })
    const ref = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'argocd', name: 'owned' }
    const patched = await clusters.mergePatch('in-cluster', ref, { status: { sync: { status: 'Synced' } } }, { signal })
    expect(patched['status']).toEqual({ sync: { status: 'Synced' } })
    const declared = clusters.mergePatch('in-cluster', ref, { spec: { project: 'other' } }, { signal })
    await expect(declared).rejects.toThrow('field spec belongs to people')
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'owned.1', namespace: 'argocd' },
      involvedObject: { kind: 'Application', namespace: 'argocd', name: 'owned' },
      reason: 'Synced',
      message: 'synced',
      type: 'Normal',
    }
    expect((await clusters.create('in-cluster', event, { signal })).metadata.name).toBe('owned.1')
    const astray = {
      ...event,
      metadata: { name: 'owned.2', namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
    }
    await expect(clusters.create('in-cluster', astray, { signal })).rejects.toMatchObject({ status: 403 })
  })

  it('C52.3 answers an error for a cluster that it does not know or that was retired, never another cluster', async () => {
    const get = (cluster: string) => clusters.list(cluster, { group: '', version: 'v1', kind: 'Namespace' }, { signal })
    await expect(get('nowhere')).rejects.toMatchObject({ status: 400, reason: 'UnknownCluster' })
    await hub.client.apply(clusterSecret('passing', far.url.replace('localhost', '127.0.0.1'), far))
    await eventually(() => get('passing'))
    expect((await get(far.url)).length).toBeGreaterThan(0)
    await hub.client.delete('v1/Secret', 'argocd/cluster-passing')
    await eventually(() =>
      get('passing').then(
        () => false,
        (error: unknown) => (error as KubeError).reason === 'UnknownCluster',
      ),
    )
  })

  it('fails fast for a cluster that does not answer, names it, records it, and leaves others alone', async () => {
    await hub.client.apply(clusterSecret('dead', 'https://127.0.0.1:1', far))
    const kind = { group: '', version: 'v1', kind: 'Namespace' }
    await eventually(() =>
      clusters.list('dead', kind, { signal }).then(
        () => false,
        (error: unknown) => describeError(error).includes('cluster dead does not answer'),
      ),
    )
    const begun = performance.now()
    // None of them waits, or is tried again.
    for (let i = 0; i < 20; i++) await expect(clusters.list('dead', kind, { signal })).rejects.toBeInstanceOf(Later)
    expect(performance.now() - begun).toBeLessThan(10_000)
    expect((await clusters.list('far', kind, { signal })).length).toBeGreaterThan(0)
    const reader = await connectBus({ url: bus.url, identity: await bus.identity('syncmaster'), failFast: true })
    const rows = await eventually(async () => {
      const found = (await reader.records<ClusterRecord>(clusterRecord).list()).map((row) => row.value)
      return found.some(({ name, reason }) => name === 'dead' && reason !== '') ? found : undefined
    })
    expect(rows).toContainEqual(expect.objectContaining({ name: 'far', reachable: true, version: 'v1.36.3' }))
    await reader.close()
  })

  it('has its watches back as soon as a cluster answers again, and takes what was declared meanwhile', async () => {
    const ending = new AbortController()
    const seen: string[] = []
    clusters.watch(
      'in-cluster',
      { group: '', version: 'v1', kind: 'Namespace' },
      {
        signal: ending.signal,
        onSnapshot: () => seen.push('snapshot'),
        onEvent: (type, object) => seen.push(`${type} ${object.metadata.name}`),
      },
    )
    await eventually(() => seen.length > 0)
    await hub.restartApiServer()
    await hub.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'after' } })
    const uid = await application('after', 'default', { name: 'far', namespace: 'shop' })
    await eventually(() => clusters.apply('far', configMap('after', 'shop'), under(uid)), { timeoutMs: 3_000 })
    await eventually(() => seen.includes('ADDED after'), { timeoutMs: 3_000 })
    ending.abort()
  }, 40_000)

  it('cuts off a cluster that takes calls and never answers', async () => {
    await hub.client.apply(clusterSecret('mute', `https://127.0.0.1:${mutePort}`, far))
    const kind = { group: '', version: 'v1', kind: 'Namespace' }
    const late = eventually(() =>
      clusters.list('mute', kind, { signal, timeoutMs: 500 }).then(
        () => false,
        (error: unknown) => (error instanceof Later ? error : undefined),
      ),
    )
    expect(await late).toBeInstanceOf(Later)
    await eventually(
      () =>
        clusters.list('mute', kind, { signal, timeoutMs: 500 }).then(
          () => false,
          (error: unknown) => describeError(error).includes('cluster mute does not answer'),
        ),
      { timeoutMs: 10_000 },
    )
    await hub.client.delete('v1/Secret', 'argocd/cluster-mute')
  }, 20_000)

  it('goes on with records and policy after a restart', async () => {
    await gate.access.stop()
    await gate.start()
    clusters = gate.clusters
    const uid = await application('restarted', 'default', { name: 'far', namespace: 'shop' })
    await clusters.apply('far', configMap('restarted', 'shop'), under(uid))
    const reader = await connectBus({ url: bus.url, identity: await bus.identity('insighthub'), failFast: true })
    const ending = new AbortController()
    const facts: string[] = []
    await new Promise<void>((resolve) => {
      void reader.replay({
        stream: 'FACTS',
        fromSequence: 0,
        signal: ending.signal,
        onCaughtUp: resolve,
        onFact: (fact) => void facts.push(`${fact.type} ${(fact.data as { cluster: string }).cluster}`),
      })
    })
    ending.abort()
    await reader.close()
    expect(facts.filter((fact) => fact.endsWith(' far'))).toEqual(['dev.k8or.cluster.reachable.v1 far'])
    expect(facts.filter((fact) => fact.endsWith(' dead'))).toEqual(['dev.k8or.cluster.unreachable.v1 dead'])
  }, 30_000)

  it('C52.9 denies every mutation while the policy can not be read, and allows it again afterwards', async () => {
    const uid = await application('paused', 'default', { name: 'far', namespace: 'shop' })
    await clusters.apply('far', configMap('paused', 'shop'), under(uid))
    const pid = hub.pids['kube-apiserver'] ?? 0
    process.kill(pid, 'SIGSTOP')
    try {
      const denied = (error: unknown): boolean =>
        error instanceof Later && error.message.includes('the policy can not be read')
      await eventually(
        () => clusters.apply('far', configMap('paused', 'shop', '2'), under(uid)).then(() => false, denied),
        { timeoutMs: 20_000 },
      )
      expect(
        (await clusters.list('far', { group: '', version: 'v1', kind: 'Namespace' }, { signal })).length,
      ).toBeGreaterThan(0)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await eventually(() => clusters.apply('far', configMap('paused', 'shop', '3'), under(uid)), { timeoutMs: 20_000 })
  }, 60_000)
})
