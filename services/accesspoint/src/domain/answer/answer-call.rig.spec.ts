import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createClusters, type Clusters, type KubeError, type KubeObject } from '@k8or/cluster-client'
import { bucketCount, bucketOf, clusterRecord, leaseRecord, type ClusterRecord } from '@k8or/contracts'
import { connectBus } from '@k8or/jetstream'
import { describeError, Later } from '@k8or/outcome'
import {
  eventually,
  freePorts,
  removeDir,
  repositoryRoot,
  startFleet,
  startTestBus,
  tempDir,
  type KubeServer,
  type TestBus,
} from '@k8or/rig'
import { startAccessPoint, type AccessPointUnderTest } from '../../../test/access-point-under-test'

const signal = new AbortController().signal

function configMap(name: string, namespace = 'default', value = '1'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } }
}

const role: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'wide' },
  rules: [],
}

describe('services/accesspoint/src/domain/answer/answer-call.rig', () => {
  const dir = tempDir('accesspoint-gate')
  let hub: KubeServer
  let far: KubeServer
  let bus: TestBus
  let access: AccessPointUnderTest
  let clusters: Clusters
  let mute: Server
  let mutePort = 0

  beforeAll(async () => {
    const kubes = startFleet(['hub', 'far'], { dir: join(dir, 'kube'), controllers: false })
    const started = await Promise.all([kubes, startTestBus(join(dir, 'bus'))])
    ;[[hub, far], bus] = started as [[KubeServer, KubeServer], TestBus]
    const folder = join(repositoryRoot, 'deploy/helm/mesh/crds')
    for (const file of readdirSync(folder)) await hub.client.applyYaml(readFileSync(join(folder, file), 'utf8'))
    await hub.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } })
    await far.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    await eventually(
      () =>
        hub.client.apply(
          project('default', {
            destinations: [{ server: '*', namespace: '*' }],
            clusterResourceWhitelist: [{ group: '*', kind: '*' }],
          }),
        ),
      { timeoutMs: 15_000 },
    )
    await hub.client.apply(clusterSecret('far', far.url, far))
    mute = createServer((socket) => socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    mutePort = (mute.address() as { port: number }).port
    await start()
  }, 90_000)

  afterAll(async () => {
    await access.stop()
    mute.close()
    await Promise.all([hub.stop(), far.stop(), bus.stop()])
    removeDir(dir)
  }, 30_000)

  async function start(onJoined?: () => void): Promise<void> {
    const [mesh = 0, people = 0] = await freePorts(2)
    access = await startAccessPoint({
      dir: join(dir, 'state'),
      kubeconfig: hub.kubeconfigPath,
      bus,
      ports: { mesh, people },
      config: { policyGraceMs: 300 },
      ...(onJoined ? { onJoined } : {}),
    })
    clusters = createClusters(access.gate('syncmaster'))
    if (!onJoined) await eventually(() => access.app.readiness().ready, { timeoutMs: 20_000 })
  }

  function project(name: string, spec: object) {
    return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name, namespace: 'argocd' }, spec }
  }

  function clusterSecret(name: string, server: string, { ca, cert, key }: { ca: string; cert: string; key: string }) {
    const encode = (text: string): string => Buffer.from(text).toString('base64')
    const config = JSON.stringify({
      tlsClientConfig: { caData: encode(ca), certData: encode(cert), keyData: encode(key) },
    })
    const labels = { 'argocd.argoproj.io/secret-type': 'cluster' }
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `cluster-${name}`, namespace: 'argocd', labels },
      stringData: { name, server, config },
    }
  }

  async function application(name: string, projectName: string, destination: object): Promise<string> {
    const spec = { project: projectName, destination, source: { repoURL: 'https://git.test/a.git', path: 'app' } }
    const made = await hub.client.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec,
    })
    return made.metadata.uid ?? ''
  }

  function under(uid: string, release = 1, lease = 1_000) {
    return { signal, fence: { application: uid, release, lease } }
  }

  it('C52.2 lets an application go where its project permits, and nowhere else', async () => {
    await hub.client.apply(
      project('dev', {
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
    await hub.client.apply(project('narrow', { destinations: [{ server: '*', namespace: '*' }] }))
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
    await hub.client.apply(project('narrow', wider))
    await eventually(() => clusters.apply('far', role, under(uid)))
    await hub.client.apply(project('narrow', { ...wider, destinations: [] }))
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
    await expect(createClusters(access.gate('insighthub')).apply('far', configMap('x'), under('u'))).rejects.toThrow(
      'default-deny',
    )
    await expect(
      createClusters(access.gate('chartstore')).list('far', { group: '', version: 'v1', kind: 'Pod' }, { signal }),
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

  it('refuses a mutation that is older than one it has seen, and lets a dry run of it see so too', async () => {
    const uid = await application('fenced', 'default', { name: 'far', namespace: 'shop' })
    const apply = (value: string, release: number, lease: number) =>
      clusters.apply('far', configMap('fenced', 'shop', value), under(uid, release, lease))
    await apply('5', 5, 20)
    await expect(apply('4', 4, 20)).rejects.toMatchObject({ status: 409, reason: 'Fenced' })
    await apply('6', 6, 21)
    await expect(apply('7', 7, 20)).rejects.toThrow(
      'lease 20 is older than lease 21: another instance owns the application now',
    )
    await expect(
      clusters.delete(
        'far',
        { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'fenced' },
        under(uid, 5, 21),
      ),
    ).rejects.toMatchObject({ reason: 'Fenced' })
    const dry = clusters.apply('far', configMap('fenced', 'shop', '3'), { ...under(uid, 3, 21), dryRun: true })
    await expect(dry).rejects.toMatchObject({ reason: 'Fenced' })
    expect((await far.client.get('v1/ConfigMap', 'shop/fenced'))?.data).toEqual({ value: '6' })
  })

  it('lets whoever owns nothing ask by a dry run, and change nothing', async () => {
    const uid = await application('asked', 'default', { name: 'far', namespace: 'shop' })
    const asking = { ...under(uid, 1, 0), dryRun: true }
    const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'asked' }
    await clusters.apply('far', configMap('asked', 'shop', '1'), under(uid, 3, 30))
    const predicted = await clusters.apply('far', configMap('asked', 'shop', '2'), asking)
    expect(predicted['data']).toEqual({ value: '2' })
    const fenced = { status: 409, reason: 'Fenced' }
    await expect(clusters.apply('far', configMap('asked', 'shop'), under(uid, 4, 0))).rejects.toMatchObject(fenced)
    // A deletion is told by its body whether it is a dry run: the query says nothing.
    await expect(clusters.delete('far', ref, asking)).rejects.toMatchObject(fenced)
    expect((await far.client.get('v1/ConfigMap', 'shop/asked'))?.data).toEqual({ value: '1' })
  })

  it('refuses the old owner of a bucket before the new one has called', async () => {
    const uid = await application('leased', 'default', { name: 'far', namespace: 'shop' })
    const owner = await connectBus({ url: bus.url, identity: await bus.identity('syncmaster'), failFast: true })
    const options = {
      holder: 'new-owner',
      buckets: bucketCount,
      ttlMs: 5_000,
      onGain: () => undefined,
      onLoss: () => undefined,
    }
    const leases = owner.leases(leaseRecord, options)
    await leases.start()
    const fence = await eventually(() => leases.fenceOf(bucketOf(uid)))
    const apply = (lease: number) => clusters.apply('far', configMap('leased', 'shop'), under(uid, 1, lease))
    const refused = (error: unknown): boolean => (error as KubeError).reason === 'Fenced'
    await eventually(() => apply(fence - 1).then(() => false, refused))
    await apply(fence)
    await leases.stop()
    await owner.close()
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
    for (let i = 0; i < 20; i++) await expect(clusters.list('dead', kind, { signal })).rejects.toBeInstanceOf(Later)
    expect(performance.now() - begun).toBeLessThan(1_000)
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
    await access.stop()
    await start()
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

  it('lets no mutation of an application through after a restart before it knows the owners again', async () => {
    const uid = await application('unowned', 'default', { name: 'far', namespace: 'shop' })
    const apply = () => clusters.apply('far', configMap('unowned', 'shop'), under(uid))
    const unread = 'who owns which applications was not read yet'
    await access.stop()
    await start(() => process.kill(bus.process.pid, 'SIGSTOP'))
    try {
      await eventually(() => access.app.readiness().reasons.join() === unread, { timeoutMs: 20_000 })
      const refused = await apply().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Later)
      expect(describeError(refused)).toContain('can not be fenced yet')
      expect((refused as Later).delayMs).toBe(1_000)
      expect(
        (await clusters.list('far', { group: '', version: 'v1', kind: 'Namespace' }, { signal })).length,
      ).toBeGreaterThan(0)
    } finally {
      process.kill(bus.process.pid, 'SIGCONT')
    }
    await eventually(apply, { timeoutMs: 20_000 })
    await eventually(() => access.app.readiness().ready)
  }, 60_000)

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
