import 'reflect-metadata'
import {
  appliedRecord,
  bucketOf,
  clusterReachable,
  clusterRecord,
  leaseRecord,
  objectKeyHash,
  sha256,
  syncFinished,
  type ApplicationRecord,
  type ClusterRecord,
  type ReleaseRecord,
} from '@k8or/contracts'
import type { Gate } from '@k8or/cluster-client'
import {
  configMap,
  DirectGate,
  eventually,
  removeDir,
  startHubBench,
  startKube,
  tempDir,
  type HubBench,
  type KubeServer,
  type RunningService,
} from '@k8or/rig'
import { Clusters as ClustersService } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { NotFoundError } from '@k8or/rpc'
import type { Links } from '@k8or/shell'
import { createApp } from './app.module'
import { loadConfig } from './config'

const timeoutMs = 20_000
const fullPassMs = 2000

jest.setTimeout(40_000)

const applicationType = 'argoproj.io/v1alpha1/Application'
const edgeKey = sha256('edge').slice(0, 24)
const isWatch = (path: string): boolean => path.includes('watch=')

describe('services/syncmaster/src/fleet.rig', () => {
  const dir = tempDir('syncmaster-fleet')
  let bench: HubBench
  let edge: KubeServer
  let edgeGate: DirectGate
  const replicas: RunningService[] = []

  beforeAll(async () => {
    ;[bench, edge] = await Promise.all([startHubBench({ controllers: false }), startKube({ dir, controllers: false })])
    edgeGate = new DirectGate(edge)
    await edge.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    await putCluster(true)
    bench.calls.serve('accesspoint', (router) => {
      router.service(ClustersService, {
        resolve: () => {
          throw new NotFoundError('there is no such cluster')
        },
      })
    })
    replicas.push(await start())
  }, 120_000)

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    await edgeGate.close()
    await Promise.all([bench.close(), edge.stop()])
    removeDir(dir)
  }, 30_000)

  const start = (): Promise<RunningService> =>
    bench.run('syncmaster', (links: Links) => {
      const gate: Gate = { call: (asked) => (asked.cluster === 'edge' ? edgeGate : bench.gate).call(asked) }
      const settings = {
        ...{ K8OR_REDIS_URL: bench.redis.url, K8OR_LEASE_TTL_MS: '1000' },
        K8OR_FULL_PASS_INTERVAL_MS: String(fullPassMs),
      }
      return createApp({ ...loadConfig(settings), holder: `replica-${replicas.length}` }, { ...links, gate })
    })

  const putCluster = async (reachable: boolean): Promise<void> => {
    const row: ClusterRecord = {
      ...{
        name: 'edge',
        server: 'https://edge.test',
        labels: {},
        namespaces: [],
        reachable,
        reason: '',
        version: '1.36',
      },
    }
    await bench.bus('accesspoint').records(clusterRecord).put(edgeKey, row)
  }

  const declareOn = (name: string, server: string) =>
    bench.hub.declare(name, { selfHeal: true }, { spec: { destination: { server, namespace: 'shop' } } })

  it('C56.7 a cluster that can not be reached delays no other, and catches up when it is back', async () => {
    const hub = 'https://kubernetes.default.svc'
    const [far, near] = [await declareOn('far', 'https://edge.test'), await declareOn('near', hub)]
    await Promise.all([
      bench.desk.publish(far, [configMap('fleet', { v: '1' })]),
      bench.desk.publish(near, [configMap('fleet', { v: '1' })]),
    ])
    await bench.hub.fact(syncFinished, 'far')
    await bench.hub.fact(syncFinished, 'near')

    edgeGate.cut()
    await Promise.all([
      bench.desk.publish(far, [configMap('fleet', { v: '2' })]),
      bench.desk.publish(near, [configMap('fleet', { v: '2' })]),
    ])
    await bench.hub.fact(syncFinished, 'near', (its) => its.release === 2)
    const { status } = await bench.hub.until('far', 'the trouble', (its) => its.conditions)
    expect(JSON.stringify(status.conditions)).toContain('cluster edge can not be compared')

    edgeGate.mend()
    await putCluster(false)
    await putCluster(true)
    const data = { cluster: 'edge', server: 'https://edge.test', version: '1.36' }
    const draft = {
      id: 'edge-is-back',
      token: 'edge',
      time: new Date(),
      causes: [],
      actor: 'service:accesspoint',
      data,
    }
    await bench.bus('accesspoint').publisher.publish(clusterReachable, draft)
    await edge.client.watchUntil('v1/ConfigMap', 'shop/fleet', (found) => found?.data?.['v'] === '2', timeoutMs)
    await bench.hub.until('far', 'Synced', (its) => its.sync?.status === 'Synced' && its.conditions === undefined)
  })

  const watchesOfEdge = () =>
    edgeGate.calls.filter((call) => call.path.includes('/configmaps?') && !call.signal.aborted && isWatch(call.path))

  it('ends its watches of a cluster when that is retired, and when no application goes there any more', async () => {
    const record = await declareOn('brief', 'https://edge.test')
    await bench.desk.publish(record, [configMap('brief')])
    await bench.hub.fact(syncFinished, 'brief')
    expect(watchesOfEdge()).not.toEqual([])
    await bench.bus('accesspoint').records(clusterRecord).delete(edgeKey)
    await eventually(() => watchesOfEdge().length === 0, { timeoutMs })

    await putCluster(true)
    await bench.desk.publish(record, [configMap('brief', { v: '2' })])
    await bench.hub.fact(syncFinished, 'brief', (its) => its.release === 2)
    expect(watchesOfEdge()).not.toEqual([])
    await Promise.all(['far', 'brief'].map((name) => bench.kube.client.delete(applicationType, `argocd/${name}`)))
    await eventually(() => watchesOfEdge().length === 0, { timeoutMs })
  })

  it('names a destination that nobody knows', async () => {
    await declareOn('lost', 'https://nowhere.test')
    const { status } = await bench.hub.until(
      'lost',
      'InvalidSpecError',
      (its) => its.conditions?.[0]?.type === 'InvalidSpecError',
    )
    expect(status.conditions[0].message).toContain('cluster https://nowhere.test is not known')
  })

  const names = Array.from({ length: 12 }, (_, index) => `shared-${index}`)
  const leases = () => bench.bus('syncmaster').records(leaseRecord).list('bucket.>')
  const recordOf = async (name: string): Promise<ApplicationRecord> =>
    bench.hub.record((await bench.hub.get(name))?.metadata.uid ?? '')
  let second: RunningService

  it('replicas share the applications, each of which is synced once', async () => {
    const records = await Promise.all(names.map((name) => declareOn(name, 'https://kubernetes.default.svc')))
    second = await start()
    const areShared = async () => {
      const holders = (await leases()).map((row) => row.value.holder)
      return new Set(holders).size === 2 && holders.length === 64
    }
    await eventually(areShared, { timeoutMs })
    await Promise.all(records.map((record, index) => bench.desk.publish(record, [configMap(names[index]!)])))
    await Promise.all(names.map((name) => bench.hub.fact(syncFinished, name)))
    for (const name of names) expect(bench.hub.facts(syncFinished, name)).toHaveLength(1)
  })

  it('C108.2 a replica tells what a sync would do to objects of an application that the other one owns', async () => {
    const owner = new Map((await leases()).map(({ key, value }) => [key, value.holder]))
    const records = await Promise.all(names.map((name) => recordOf(name)))
    const [first] = records.filter(({ ref }) => owner.get(`bucket.${bucketOf(ref.uid)}`) === 'replica-0')
    const { uid, name } = first!.ref
    const left = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: `left-by-${name}` }
    await bench.desk.publish(first!, [configMap(name), configMap(left.name)])
    await bench.hub.fact(syncFinished, name, (its) => its.release === 2)
    await bench.desk.publish(first!, [configMap(name)])
    await bench.hub.until(name, 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
    // What a crash between the apply and its row leaves behind.
    await bench
      .bus('syncmaster')
      .records(appliedRecord)
      .delete(`${uid}.${objectKeyHash(left)}`)
    // The replica that started last is the one that answers here.
    const { objects } = await bench.calls
      .as('spiffe://k8or.mesh/svc/accesspoint')
      .to('syncmaster', Applications)
      .diff({ name: { name }, prune: true })
    expect(objects.map(({ change, resource }) => `${change} ${resource?.name ?? ''}`)).toEqual([
      `unchanged ${name}`,
      `delete ${left.name}`,
    ])
  })

  it('a replica that dies is replaced without a sync lost or done twice', async () => {
    const records = await Promise.all(names.map((name) => recordOf(name)))
    // The second replica is cut off from the bus in one moment, as by a kill: its leases run out.
    await second.links.bus.close()
    const published = await Promise.all(
      records.map((record, index) => bench.desk.publish(record, [configMap(names[index]!, { v: '2' })])),
    )
    const ends = (name: string, { release }: ReleaseRecord) =>
      bench.hub.facts(syncFinished, name).filter(({ data }) => data.release === release)
    for (const [index, name] of names.entries()) {
      await bench.hub.fact(syncFinished, name, (its) => its.release === published[index]!.release)
      expect(ends(name, published[index]!)).toHaveLength(1)
    }
    await second.stop().catch(() => undefined)
  })
})
