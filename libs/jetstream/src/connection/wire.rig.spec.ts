import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { context, propagation, trace, TraceFlags } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  clusterReachable,
  clusterRecord,
  manifestStore,
  subjectOf,
  type ClusterReachable,
  type FactDraft,
} from '@k8or/contracts'
import type { Identity } from '@k8or/identity'
import type { PubAck } from '@nats-io/jetstream'
import { eventually, freePort, Relay, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { eventsByType } from '../consume/read-fact'
import { connectBus } from '../index'
import { silentLog } from '../log'
import { inboxPrefixOf, openConnection } from './connect'
import { Wire } from './wire'

const fact = (id: string): FactDraft<ClusterReachable> => ({
  id,
  token: 'east',
  time: new Date(),
  data: { cluster: 'east', server: 's', version: '1' },
  causes: [],
  actor: 'service:accesspoint',
})

describe('libs/jetstream/src/connection/wire.rig', () => {
  const dir = tempDir('wire')
  let server: TestBus

  beforeAll(async () => {
    server = await startTestBus(dir)
  })

  afterAll(async () => {
    await server.stop()
    removeDir(dir)
  })

  it('keeps nothing on disk that can be read without the key of the store', async () => {
    const bus = await connectBus({ url: server.url, identity: await server.identity('chartstore') })
    await bus.blobs(manifestStore.bucket).put('digest', Buffer.from('the-secret-word '.repeat(100)))
    await bus.close()
    const files = readdirSync(join(dir, 'data'), { recursive: true }).map((path) => join(dir, 'data', String(path)))
    const holding = files.filter((path) => statSync(path).isFile() && readFileSync(path).includes('the-secret-word'))
    expect(files.length).toBeGreaterThan(10)
    expect(holding).toEqual([])
  })

  it('shows the certificate of the moment when it connects again, and loses nothing', async () => {
    const first = await server.identity('accesspoint')
    const second = await server.identity('accesspoint')
    let shown = 0
    let renewed = false
    const identity: Identity = {
      ...first,
      current: () => {
        if (renewed) shown++
        return (renewed ? second : first).current()
      },
    }
    const bus = await connectBus({ url: server.url, identity })
    await bus.publisher.publish(clusterReachable, fact('before'))
    renewed = true
    await server.process.restart('SIGTERM')
    const { duplicate } = await bus.publisher.publish(clusterReachable, fact('after'))
    expect(duplicate).toBe(false)
    expect(shown).toBeGreaterThan(0)
    await bus.close()
  })

  it('sends again what was on its way when the connection broke, and stores it once', async () => {
    const bus = await connectBus({ url: server.url, identity: await server.identity('accesspoint') })
    const rows = bus.records(clusterRecord)
    const row = { name: 'a', server: 's', labels: {}, namespaces: [], reachable: true, reason: '', version: '' }
    const revision = await rows.put('a', row)
    const updates = [rows.update('a', row, revision), bus.publisher.publish(clusterReachable, fact('broken'))]
    await server.process.restart('SIGKILL')
    await Promise.all(updates)
    expect((await rows.get('a'))!.revision).toBe(revision + 1)
    await bus.close()
  })

  it('does not take for an older message what it sent again itself', async () => {
    const relay = await Relay.start(await freePort(), Number(new URL(server.url).port))
    const keyed = await server.issue('accesspoint')
    const connection = await openConnection({
      url: `tls://localhost:${relay.port}`,
      tls: { ca: server.ca, current: () => keyed },
      ...{ name: 'wire', inboxPrefix: inboxPrefixOf('accesspoint'), waitForServer: false },
    })
    const wire = new Wire(connection, silentLog)
    const answers: PubAck[] = []
    const publish = wire.js.publish.bind(wire.js)
    jest.spyOn(wire.js, 'publish').mockImplementation(async (...asked) => {
      const answer = await publish(...asked)
      answers.push(answer)
      return answer
    })
    const subject = subjectOf(clusterReachable, 'east')
    const told: boolean[] = []
    // Which answers a cut takes away is chance: so until the server had stored one before it was sent again.
    for (let round = 0; !answers.some(({ duplicate }) => duplicate) && round < 50; round++) {
      const ids = Array.from({ length: 200 }, (_, number) => `again-${round}-${number}`)
      const stored = ids.map((msgID) => wire.store(subject, '{}', () => ({ msgID })))
      await stored[round]
      await relay.cut('refuse')
      await relay.heal()
      told.push(...(await Promise.all(stored)).map(({ duplicate }) => duplicate))
    }
    expect(answers.some(({ duplicate }) => duplicate)).toBe(true)
    expect(told).not.toContain(true)
    await connection.close()
    await relay.stop()
  })

  it('carries the trace of the publisher to the handler', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(new W3CTraceContextPropagator())
    const accesspoint = await connectBus({ url: server.url, identity: await server.identity('accesspoint') })
    const syncmaster = await connectBus({ url: server.url, identity: await server.identity('syncmaster') })
    const seen = new Map<string, string | undefined>()
    await syncmaster.handle({
      events: eventsByType([clusterReachable]),
      handle: async (_, { id }) => void seen.set(id, trace.getSpanContext(context.active())?.traceId),
    })
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const parent = { traceId, spanId: '00f067aa0ba902b7', traceFlags: TraceFlags.SAMPLED }
    await context.with(trace.setSpanContext(context.active(), parent), () =>
      accesspoint.publisher.publish(clusterReachable, fact('traced')),
    )
    await eventually(() => seen.has('traced'))
    expect(seen.get('traced')).toBe(traceId)
    await Promise.all([accesspoint.close(), syncmaster.close()])
    context.disable()
    propagation.disable()
  })

  it('waits for a server that is not there yet, unless it is told to fail', async () => {
    const identity = await server.identity('accesspoint')
    await server.process.stop()
    await expect(connectBus({ url: server.url, identity, failFast: true })).rejects.toThrow(/refused/i)
    const waiting = connectBus({ url: server.url, identity })
    await server.process.start()
    const bus = await waiting
    expect(bus.isConnected()).toBe(true)
    await bus.close()
    expect(bus.isConnected()).toBe(false)
  })
})
