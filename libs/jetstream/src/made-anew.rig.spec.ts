import { jetstreamManager } from '@nats-io/jetstream'
import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { clusterReachable, leaseRecord, stopRecord, type ServiceName, type StopRecord } from '@k8or/contracts'
import { eventually, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { inboxPrefixOf, openConnection } from './connection/connect'
import { eventsByType } from './consume/read-fact'
import { connectBus, RecordConflictError, type Bus } from './index'

const stop = (reason: string): StopRecord => ({
  cluster: '',
  since: new Date().toISOString(),
  actor: 'user:ann',
  reason,
})
const timeoutMs = 90_000

describe('libs/jetstream/src/made-anew.rig', () => {
  const dir = tempDir('made-anew')
  const ending = new AbortController()
  const anew: string[] = []
  let server: TestBus
  let accesspoint: Bus
  let syncmaster: Bus

  const data = join(dir, 'data')
  const connect = async (service: ServiceName): Promise<Bus> =>
    connectBus({ url: server.url, identity: await server.identity(service), failFast: true })
  /** The directory of JetStream is gone. */
  const loseEverything = async (): Promise<void> => {
    await server.process.stop('SIGKILL')
    rmSync(data, { recursive: true, force: true })
    await server.process.start()
  }
  const reachable = (id: string) => ({
    ...{ id, token: 'east', time: new Date(), causes: [], actor: 'service:accesspoint' },
    data: { cluster: 'east', server: 's', version: '1' },
  })

  beforeAll(async () => {
    server = await startTestBus(dir)
    accesspoint = await connect('accesspoint')
    syncmaster = await connect('syncmaster')
    syncmaster.onMadeAnew((stream) => anew.push(stream))
  }, 30_000)

  afterAll(async () => {
    ending.abort()
    await Promise.all([accesspoint.close(), syncmaster.close()])
    await server.stop()
    removeDir(dir)
  })

  it('goes on with streams that were made anew, and nothing of the ones before passes for new', async () => {
    const seen = new Map<string, string | null>()
    const { signal } = ending
    const onChange = ({ key, value }: { key: string; value: StopRecord | null }) =>
      void seen.set(key, value?.reason ?? null)
    await syncmaster.records(stopRecord).watch(onChange, { signal })
    const handled: string[] = []
    const events = eventsByType([clusterReachable])
    await syncmaster.handle({ events, handle: async (_, { id }) => void handled.push(id) })
    const fences: number[] = []
    const leases = syncmaster.leases(leaseRecord, {
      ...{ holder: 'one', buckets: 1, ttlMs: 4_000, onLoss: () => undefined },
      onGain: (_, fence) => void fences.push(fence),
    })
    await leases.start()
    const stops = accesspoint.records(stopRecord)
    const before = await stops.put('mesh', stop('before'))
    await stops.put('kept', stop('before'))
    await accesspoint.publisher.publish(clusterReachable, reachable('before'))
    await eventually(() => handled.includes('before') && seen.get('kept') === 'before')

    await loseEverything()
    await server.provision()
    await expect(stops.update('mesh', stop('late'), before)).rejects.toThrow(RecordConflictError)
    expect(await stops.put('mesh', stop('after'))).toBeGreaterThan(before)
    await accesspoint.publisher.publish(clusterReachable, reachable('after'))
    await eventually(() => seen.get('mesh') === 'after' && seen.get('kept') === null, { timeoutMs })
    await eventually(() => handled.includes('after'), { timeoutMs })
    await eventually(() => fences.length > 1, { timeoutMs })
    expect(fences[1]).toBeGreaterThan(fences[0]!)
    await eventually(() => anew.includes('KV_STOPS') && anew.includes('KV_LEASES'), { timeoutMs })
    await leases.stop()
  }, 180_000)

  it('does not take a server that comes back with its streams for another one', async () => {
    anew.length = 0
    await accesspoint.records(stopRecord).put('mesh', stop('before'))
    await server.process.restart('SIGKILL')
    await accesspoint.records(stopRecord).put('mesh', stop('restarted'))
    await eventually(async () => (await syncmaster.records(stopRecord).get('mesh'))?.value.reason === 'restarted')
    expect(anew).toEqual([])
  }, 60_000)

  it('takes a stream that is put back from an older copy for another one, as soon as it is back', async () => {
    anew.length = 0
    const copy = join(dir, 'older')
    await server.process.stop()
    cpSync(data, copy, { recursive: true })
    await server.process.start()
    let seen = ''
    const onChange = ({ value }: { value: StopRecord | null }) => void (seen = value?.reason ?? '')
    await syncmaster.records(stopRecord).watch(onChange, { signal: ending.signal })
    await accesspoint.records(stopRecord).put('mesh', stop('after the copy'))
    await eventually(() => seen === 'after the copy')

    await server.process.stop()
    rmSync(data, { recursive: true })
    renameSync(copy, data)
    expect(anew).toEqual([])
    await server.process.start()
    await eventually(() => anew.includes('KV_STOPS'), { timeoutMs })
  }, 180_000)

  it('tells what a service builds on and is not there yet: rows, then the consumers', async () => {
    await loseEverything()
    await expect(syncmaster.assertProvisioned()).rejects.toThrow(/read none of [A-Z]+: no responders/)
    await server.provision()
    await syncmaster.assertProvisioned()
    const keyed = await server.issue('rig')
    const tls = { ca: server.ca, current: () => keyed }
    const inboxPrefix = inboxPrefixOf('rig')
    const rig = await openConnection({ url: server.url, tls, name: 'rig', inboxPrefix, waitForServer: false })
    await (await jetstreamManager(rig)).consumers.delete('FACTS', 'syncmaster')
    await expect(syncmaster.assertProvisioned()).rejects.toThrow('consumer syncmaster of FACTS: consumer not found')
    await rig.close()
  }, 60_000)
})
