import { join } from 'node:path'
import type { Gate } from '@k8or/cluster-client'
import { applicationRecord, clusterReachable, releaseRendered, typeOf } from '@k8or/contracts'
import { DeadLetters } from '@k8or/contracts/rpc/insighthub/v1/dead_letters'
import { ResourceTrees } from '@k8or/contracts/rpc/insighthub/v1/resource_trees'
import { Traces } from '@k8or/contracts/rpc/insighthub/v1/traces'
import { connectBus, type Bus } from '@k8or/jetstream'
import { Later, Never } from '@k8or/outcome'
import { eventually, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { LocalCalls, type Calls } from '@k8or/rpc'
import type { ServiceApp } from '@k8or/shell'
import { createApp } from '.'

const nowhere: Gate = { call: () => Promise.reject(new Later('there is no cluster in this spec')) }
const application = { uid: 'uid-of-shop', namespace: 'argocd', name: 'shop', project: 'default' }

describe('services/insighthub/src/app.module.rig', () => {
  const dir = tempDir('insighthub-app')
  const local = new LocalCalls()
  const buses: Bus[] = []
  let nats: TestBus
  let app: ServiceApp
  let calls: Calls

  const connect = async (service: 'accesspoint' | 'chartstore' | 'syncmaster' | 'insighthub'): Promise<Bus> => {
    const bus = await connectBus({ url: nats.url, identity: await nats.identity(service), failFast: true })
    buses.push(bus)
    return bus
  }

  beforeAll(async () => {
    nats = await startTestBus(join(dir, 'nats'))
    const identity = await nats.identity('insighthub')
    calls = local.as('spiffe://k8or.mesh/svc/accesspoint')
    const serve = async (...served: Parameters<LocalCalls['serve']>) => local.serve(...served)
    const links = { identity, bus: await connect('insighthub'), calls, gate: nowhere, serve }
    app = await createApp(
      { index: { file: join(dir, 'index.db'), maxAgeMs: 1e10, maxBytes: 1e9 }, silenceMs: 60_000 },
      links,
    )
    await app.start()
  }, 60_000)

  afterAll(async () => {
    await app.stop()
    await Promise.all(buses.map((bus) => bus.close()))
    await nats.stop()
    removeDir(dir)
  }, 30_000)

  it('is ready once the facts are read', () => {
    expect(app.readiness()).toEqual({ ready: true, reasons: [] })
  })

  it('answers the trace of an application by its name', async () => {
    const syncmaster = await connect('syncmaster')
    const chartstore = await connect('chartstore')
    const destination = { server: 'https://kubernetes.default.svc', name: '', namespace: 'default' }
    const row = { ref: application, token: 'shop_1', bucket: 1, destination, sources: [], specDigest: '', refresh: '' }
    await syncmaster.records(applicationRecord).put(application.uid, row)
    const data = {
      application,
      release: 1,
      digest: 'd',
      inputDigest: 'i',
      sources: [],
      objects: 3,
      images: [],
      warnings: [],
    }
    const draft = { id: 'release-1', token: 'shop_1', time: new Date(), causes: [], actor: 'git:ann', data }
    await chartstore.publisher.publish(releaseRendered, draft)
    const traces = calls.to('insighthub', Traces)
    const answer = await eventually(() =>
      traces.getTrace({ of: { case: 'application', value: 'shop' } }).catch(() => undefined),
    )
    expect(answer.hops).toMatchObject([
      { fact: 'release.rendered', service: 'chartstore', summary: 'release 1, 3 objects', actor: 'git:ann' },
    ])
    const tree = await calls.to('insighthub', ResourceTrees).getTree({ applicationUid: application.uid })
    expect(tree.nodes).toEqual([])
  })

  it('says what it does not know, and what it does not understand', async () => {
    const traces = calls.to('insighthub', Traces)
    await expect(traces.getTrace({ of: { case: 'application', value: 'nobody' } })).rejects.toThrow(
      'there is no application nobody',
    )
    await expect(traces.getTrace({ of: { case: 'commit', value: 'abcdef01' } })).rejects.toThrow('nothing is known')
    await expect(traces.getTrace({ of: { case: 'commit', value: 'main' } })).rejects.toThrow('hexadecimal')
    await expect(traces.getTrace({})).rejects.toThrow('name an application')
    await expect(calls.to('insighthub', ResourceTrees).getTree({ applicationUid: 'x' })).rejects.toThrow(
      'no application',
    )
  })

  it('lists dead letters and hands them to their service once more', async () => {
    const [accesspoint, syncmaster] = [await connect('accesspoint'), await connect('syncmaster')]
    const handled: string[] = []
    const handling = await syncmaster.handle({
      events: new Map([[typeOf(clusterReachable), clusterReachable]]),
      handle: async (_, { id }) => {
        handled.push(id)
        if (handled.length === 1) throw new Never('it makes no sense')
      },
    })
    const data = { cluster: 'east', server: 'https://east', version: '1.36' }
    const draft = { id: 'reachable-1', token: 'east', time: new Date(), causes: [], actor: 'service:accesspoint', data }
    await accesspoint.publisher.publish(clusterReachable, draft)
    const letters = calls.to('insighthub', DeadLetters)
    const [letter] = await eventually(async () => {
      const { letters: found } = await letters.list({ limit: 10 })
      return found.length > 0 && found
    })
    expect(letter).toMatchObject({ service: 'syncmaster', reason: 'it makes no sense', eventId: 'reachable-1' })
    await letters.replay({ id: letter!.id })
    await eventually(() => handled.length === 2, { what: 'the replay' })
    await expect(letters.replay({ id: 99n })).rejects.toThrow('there is no dead letter 99')
    await handling.stop()
  })
})
