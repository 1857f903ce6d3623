import {
  clusterReachable,
  clusterRecord,
  clusterUnreachable,
  deliveryReceived,
  historyFilter,
  subjectOf,
  type ClusterRecord,
  type ClusterReachable,
  type EventDefinition,
  type FactDraft,
  type ServiceName,
} from '@k8or/contracts'
import { Later, Never } from '@k8or/outcome'
import { eventually, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { eventsByType } from './consume/read-fact'
import {
  connectBus,
  FactConflictError,
  RecordConflictError,
  RecordSchemaError,
  type Bus,
  type RowChange,
} from './index'

const reachable = (id: string, token = 'east'): FactDraft<ClusterReachable> => ({
  id,
  token,
  time: new Date(),
  data: { cluster: token, server: 'https://east', version: '1.36' },
  causes: ['c1', 'c2'],
  correlationId: 'c0',
  actor: 'service:accesspoint',
})

const cluster = (name: string, reason = ''): ClusterRecord => ({
  name,
  server: 'https://x',
  labels: {},
  namespaces: [],
  reachable: true,
  reason,
  version: '',
})

describe('libs/jetstream/src/connect-bus.rig', () => {
  const dir = tempDir('bus')
  const ending = new AbortController()
  const { signal } = ending
  const buses: Bus[] = []
  let server: TestBus
  let accesspoint: Bus
  let syncmaster: Bus
  let insighthub: Bus

  const join = async (service: ServiceName): Promise<Bus> => {
    const bus = await connectBus({ url: server.url, identity: await server.identity(service), failFast: true })
    buses.push(bus)
    return bus
  }

  /** Handles facts with a given consumer until the returned function is called. */
  const collect = async (bus: Bus, events: EventDefinition[], act: (id: string) => Promise<void> | void) => {
    const handling = await bus.handle({ events: eventsByType(events), handle: async (_, fact) => act(fact.id) })
    return () => handling.stop(1_000)
  }

  beforeAll(async () => {
    server = await startTestBus(dir)
    accesspoint = await join('accesspoint')
    syncmaster = await join('syncmaster')
    insighthub = await join('insighthub')
  })

  afterAll(async () => {
    ending.abort()
    await Promise.all(buses.map((bus) => bus.close()))
    await server.stop()
    removeDir(dir)
  })

  describe('facts', () => {
    it('reach a durable subscriber that was away when they were sent (C132.3)', async () => {
      const seen: string[] = []
      const stop = await collect(syncmaster, [clusterReachable], (id) => void seen.push(id))
      await accesspoint.publisher.publish(clusterReachable, reachable('away-1'))
      await eventually(() => seen.length === 1)
      await stop()
      await accesspoint.publisher.publish(clusterReachable, reachable('away-2'))
      await accesspoint.publisher.publish(clusterReachable, reachable('away-3'))
      const stopAgain = await collect(syncmaster, [clusterReachable], (id) => void seen.push(id))
      await eventually(() => seen.length === 3)
      expect(seen).toEqual(['away-1', 'away-2', 'away-3'])
      await stopAgain()
    })

    it('are stored once however often they are announced, and act once (C132.6)', async () => {
      const seen: string[] = []
      const stop = await collect(syncmaster, [clusterReachable], (id) => void seen.push(id))
      const first = await accesspoint.publisher.publish(clusterReachable, reachable('once'))
      const second = await accesspoint.publisher.publish(clusterReachable, reachable('once'))
      expect([first.duplicate, second.duplicate, second.sequence]).toEqual([false, true, first.sequence])
      await accesspoint.publisher.publish(clusterReachable, reachable('after'))
      await eventually(() => seen.includes('after'))
      expect(seen).toEqual(['once', 'after'])
      await stop()
    })

    it('are not held up by a slow subscriber (C132.4)', async () => {
      let release = (): void => undefined
      let handled = 0
      const gate = new Promise<void>((resolve) => (release = resolve))
      const stop = await collect(syncmaster, [clusterReachable], async () => {
        await gate
        handled++
      })
      const announced = Array.from({ length: 500 }, (_, n) => reachable(`slow-${n}`))
      await Promise.all(announced.map((draft) => accesspoint.publisher.publish(clusterReachable, draft)))
      expect(handled).toBe(0)
      release()
      await eventually(() => handled === 500)
      await stop()
    })

    it('that a subscriber was sent but had no time for reach the next one soon', async () => {
      const seen = new Set<string>()
      let release = (): void => undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      const stop = await collect(syncmaster, [clusterReachable], async (id) => {
        await gate
        seen.add(id)
      })
      const announced = Array.from({ length: 300 }, (_, n) => reachable(`next-${n}`))
      await Promise.all(announced.map((draft) => accesspoint.publisher.publish(clusterReachable, draft)))
      release()
      await stop()
      const stopNext = await collect(syncmaster, [clusterReachable], (id) => void seen.add(id))
      await eventually(() => announced.every(({ id }) => seen.has(id)), { timeoutMs: 4_000 })
      await stopNext()
    })

    it('of one token are handled in order, one after another; those of others go past', async () => {
      const log: string[] = []
      const held = new Map<string, () => void>()
      const stop = await collect(syncmaster, [clusterReachable], async (id) => {
        log.push(id)
        if (id === 'a-1') await new Promise<void>((resolve) => held.set(id, resolve))
      })
      for (const [id, token] of [
        ['a-1', 'a'],
        ['a-2', 'a'],
        ['b-1', 'b'],
      ] as const) {
        await accesspoint.publisher.publish(clusterReachable, reachable(id, token))
      }
      await eventually(() => log.includes('b-1'))
      expect(log.filter((id) => id.startsWith('a-'))).toEqual(['a-1'])
      held.get('a-1')!()
      await eventually(() => log.includes('a-2'))
      await stop()
    })

    it('that break their contract, or speak for another subject, become dead letters at once', async () => {
      const seen: string[] = []
      const stop = await collect(syncmaster, [clusterReachable], (id) => void seen.push(id))
      const { publisher } = accesspoint
      const forged = { ...clusterReachable, fact: 'cluster.reachable', schema: deliveryReceived.schema }
      await expect(publisher.publish(clusterReachable, { ...reachable('x'), data: {} as never })).rejects.toThrow(Never)
      await expect(publisher.publish(deliveryReceived, {} as never)).rejects.toThrow(/codesource owns it/)
      await publisher.publish<unknown>(forged, {
        ...reachable('no-data'),
        data: { delivery: 'd', provider: 'github', event: 'push', repositories: [] },
      })
      const [letter] = await eventually(async () => {
        const letters = await insighthub.deadLetters.list(5)
        return letters.length > 0 && letters
      })
      expect(letter).toMatchObject({ service: 'syncmaster', eventId: 'no-data', attempts: 1 })
      expect(letter!.reason).toMatch(/unreadable fact on k8or\.accesspoint\.cluster\.reachable\.east/)
      expect(seen).toEqual([])
      await stop()
    })

    it('are refused when another was stored on the subject since', async () => {
      const { publisher } = accesspoint
      const first = await publisher.publish(clusterReachable, reachable('e-1', 'expect'), {
        expectedLastSubjectSequence: 0,
      })
      const stale = publisher.publish(clusterReachable, reachable('e-2', 'expect'), { expectedLastSubjectSequence: 0 })
      await expect(stale).rejects.toThrow(FactConflictError)
      await publisher.publish(clusterReachable, reachable('e-2', 'expect'), {
        expectedLastSubjectSequence: first.sequence,
      })
    })

    it('of one application are one history in one order, by one filter (C132.1)', async () => {
      const { publisher } = accesspoint
      await publisher.publish(clusterReachable, reachable('h-1', 'history'))
      await publisher.publish(clusterReachable, reachable('h-x', 'other'))
      await publisher.publish(clusterUnreachable, {
        ...reachable('h-2', 'history'),
        data: { cluster: 'history', server: 's', reason: 'gone' },
      })
      await publisher.publish(clusterReachable, reachable('h-3', 'history'))
      const seen: string[] = []
      const replayed = new AbortController()
      const caughtUp = new Promise<void>((resolve) => {
        void insighthub.replay({
          stream: 'FACTS',
          fromSequence: 0,
          filters: [historyFilter('history')],
          onFact: (fact, { subject }) => void seen.push(`${fact.id} ${subject}`),
          onCaughtUp: resolve,
          signal: replayed.signal,
        })
      })
      await caughtUp
      expect(seen).toEqual([
        `h-1 ${subjectOf(clusterReachable, 'history')}`,
        `h-2 ${subjectOf(clusterUnreachable, 'history')}`,
        `h-3 ${subjectOf(clusterReachable, 'history')}`,
      ])
      await publisher.publish(clusterReachable, reachable('h-4', 'history'))
      await eventually(() => seen.length === 4)
      replayed.abort()
    })
  })

  describe('rows', () => {
    it('are watched: those there are, then changes, then deletions', async () => {
      const rows = accesspoint.records(clusterRecord)
      await rows.put('w1', cluster('one'))
      const seen: string[] = []
      await syncmaster
        .records(clusterRecord)
        .watch(({ key, value }) => void seen.push(`${key} ${value?.reason ?? 'gone'}`), { signal, filter: '*' })
      expect(seen).toEqual(['w1 '])
      const revision = await rows.create('w2', cluster('two', 'new'))
      await rows.update('w2', cluster('two', 'changed'), revision)
      await rows.delete('w1')
      await eventually(() => seen.length === 4)
      expect(seen).toEqual(['w1 ', 'w2 new', 'w2 changed', 'w1 gone'])
      expect(await rows.get('w1')).toBeUndefined()
      await rows.delete('w2')
    })

    it('refuse a writer who has not seen the last change, and what breaks the schema', async () => {
      const rows = accesspoint.records(clusterRecord)
      const revision = await rows.create('c1', cluster('one'))
      await rows.put('c1', cluster('one', 'again'))
      await expect(rows.update('c1', cluster('one', 'stale'), revision)).rejects.toThrow(RecordConflictError)
      await expect(rows.create('c1', cluster('one'))).rejects.toThrow(RecordConflictError)
      await expect(rows.put('c1', {} as never)).rejects.toThrow(RecordSchemaError)
      await rows.delete('c1')
      expect((await rows.create('c1', cluster('one', 'anew'))) > revision).toBe(true)
    })

    it('are listed however many there are', async () => {
      const rows = accesspoint.records(clusterRecord)
      await Promise.all(Array.from({ length: 1_200 }, (_, n) => rows.put(`many.${n}`, cluster(`n${n}`))))
      const listed = await syncmaster.records(clusterRecord).list('many.*')
      expect(new Set(listed.map(({ key }) => key)).size).toBe(1_200)
      expect(listed).toHaveLength(1_200)
    })
  })

  describe('blobs', () => {
    it.each([0, 1_000, 512 * 1024, 512 * 1024 + 1, 3_000_000])('keep %i bytes as they are', async (size) => {
      const chartstore = buses.find(({ service }) => service === 'chartstore') ?? (await join('chartstore'))
      const blobs = chartstore.blobs('MANIFESTS')
      const content = Buffer.alloc(size, `${size} `)
      await blobs.put(`sha-${size}`, content)
      await blobs.put(`sha-${size}`, content)
      const read = await blobs.get(`sha-${size}`)
      expect(Buffer.compare(Buffer.from(read!), content)).toBe(0)
      expect(await blobs.keys()).toContain(`sha-${size}`)
      await blobs.delete(`sha-${size}`)
      expect(await blobs.get(`sha-${size}`)).toBeUndefined()
      await blobs.put(`sha-${size}`, content)
      expect((await blobs.get(`sha-${size}`))?.length).toBe(size)
    })
  })

  it('comes back after the server was killed: facts go on, rows are read anew, nothing is lost', async () => {
    const seen = new Set<string>()
    const stop = await collect(syncmaster, [clusterReachable], (id) => void seen.add(id))
    const changes: RowChange<ClusterRecord>[] = []
    await syncmaster.records(clusterRecord).watch((change) => void changes.push(change), { signal, filter: 'r.*' })
    const rows = accesspoint.records(clusterRecord)
    await rows.put('r.stays', cluster('stays'))
    await eventually(() => changes.length === 1)
    await server.process.restart('SIGKILL')
    const announced = Array.from({ length: 20 }, (_, n) => `restart-${n}`)
    for (const id of announced) {
      await eventually(() =>
        accesspoint.publisher.publish(clusterReachable, reachable(id)).catch((error: unknown) => {
          if (error instanceof Later) return false
          throw error
        }),
      )
    }
    await eventually(() => announced.every((id) => seen.has(id)))
    await rows.put('r.new', cluster('new'))
    await eventually(() => changes.some(({ key }) => key === 'r.new'))
    await eventually(() => accesspoint.isConnected() && syncmaster.isConnected())
    await stop()
  })
})
