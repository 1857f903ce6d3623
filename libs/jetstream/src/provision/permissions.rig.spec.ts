import {
  consumes,
  deliveryReceived,
  events,
  manifestStore,
  records,
  releaseRecord,
  releaseRendered,
  revisionRecord,
  services,
  streams,
  subjectOf,
  type ServiceName,
} from '@k8or/contracts'
import { removeDir, startTestBus, tempDir, TestAuthority, type TestBus } from '@k8or/rig'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { errors, type NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { apiPrefix } from '../connection/api-prefix'
import { inboxPrefixOf, openConnection } from '../connection/connect'
import { bucketNames } from '../records/bucket'

const isRefusal = (error: unknown): boolean =>
  error instanceof errors.PermissionViolationError || (error instanceof Error && isRefusal(error.cause))

describe('libs/jetstream/src/provision/permissions.rig', () => {
  const dir = tempDir('permissions')
  const connections = new Map<ServiceName | 'rig', NatsConnection>()
  let server: TestBus

  const connectAs = async (user: string): Promise<NatsConnection> => {
    const keyed = await server.issue(user)
    const tls = { ca: server.ca, current: () => keyed }
    return openConnection({ url: server.url, tls, name: user, inboxPrefix: inboxPrefixOf(user), waitForServer: false })
  }

  const as = (user: ServiceName | 'rig'): NatsConnection => connections.get(user)!

  /** Whether the server takes what is sent to a subject, whoever answers there. */
  const mayPublish = async (service: ServiceName, subject: string, body = '{}'): Promise<boolean> => {
    try {
      await as(service).request(subject, body, { timeout: 250 })
      return true
    } catch (error) {
      return !isRefusal(error)
    }
  }

  const maySubscribe = async (service: ServiceName, subject: string): Promise<boolean> => {
    const told: unknown[] = []
    const subscription = as(service).subscribe(subject, { callback: (error) => void told.push(error) })
    await as(service).flush()
    if (told.some(isRefusal)) return false
    subscription.unsubscribe()
    return true
  }

  const stored = async (stream: string): Promise<number> => {
    const jsm = await jetstreamManager(as('rig'))
    return (await jsm.streams.info(stream)).state.messages
  }

  beforeAll(async () => {
    server = await startTestBus(dir)
    for (const user of [...services, 'rig'] as const) connections.set(user, await connectAs(user))
  }, 60_000)

  afterAll(async () => {
    await Promise.all([...connections.values()].map((connection) => connection.close()))
    await server.stop()
    removeDir(dir)
  })

  describe.each(services)('%s', (service) => {
    it.each(events.map((event) => [event.owner === service ? 'may' : 'may not', event.fact, event] as const))(
      '%s announce %s (C132.2)',
      async (_, __, event) => {
        const before = await stored(event.stream)
        expect(await mayPublish(service, subjectOf(event, 'token'))).toBe(event.owner === service)
        expect((await stored(event.stream)) - before).toBe(event.owner === service ? 1 : 0)
      },
    )

    it.each(records.map((record) => [record.bucket, record] as const))(
      'writes rows of %s only as their owner, and reads them only when it is named as a reader (C132.2)',
      async (_, record) => {
        const { stream, rowPrefix, toldPrefix } = bucketNames(record.bucket)
        const owns = record.owner === service
        const reads = owns || record.readers.includes(service)
        expect(await mayPublish(service, `${rowPrefix}a.b`)).toBe(owns)
        expect(await mayPublish(service, `${apiPrefix}.DIRECT.GET.${stream}`)).toBe(reads)
        expect(await mayPublish(service, `${apiPrefix}.DIRECT.GET.${stream}.${rowPrefix}a.b`)).toBe(reads)
        expect(await maySubscribe(service, `${toldPrefix}>`)).toBe(reads)
        expect(await maySubscribe(service, `${rowPrefix}>`)).toBe(false)
      },
    )

    it('takes facts through its own durable consumers alone (C132.2)', async () => {
      for (const durable of services) {
        for (const stream of ['FACTS', 'ACCESS', 'REPLAYS'] as const) {
          const reads = consumes[durable].some((event) => stream === 'REPLAYS' || event.stream === stream)
          const may = durable === service && reads
          expect(await mayPublish(service, `${apiPrefix}.CONSUMER.INFO.${stream}.${durable}`)).toBe(may)
          expect(await mayPublish(service, `$JS.ACK.${stream}.${durable}.1.1.1.1.0`, '+WPI')).toBe(may)
          const next = `${apiPrefix}.CONSUMER.MSG.NEXT.${stream}.${durable}`
          expect(await mayPublish(service, next, '{"batch":1,"no_wait":true}')).toBe(may)
        }
      }
    })

    it('hears nothing but its own inbox: not facts, not the inboxes of others, not the API (C132.2)', async () => {
      const foreign = services.filter((other) => other !== service).map((other) => `_INBOX.${other}.>`)
      for (const subject of ['>', 'k8or.>', '_INBOX.>', '$JS.>', '$KV.>', 'dead.>', 'replay.>', ...foreign]) {
        expect([subject, await maySubscribe(service, subject)]).toEqual([subject, false])
      }
      expect(await maySubscribe(service, `_INBOX.${service}.x`)).toBe(true)
    })

    it('makes, changes, empties and removes no stream and no consumer (C132.2)', async () => {
      for (const stream of ['NEW', 'FACTS', 'KV_APPLICATIONS', 'DEAD']) {
        for (const verb of ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE', 'MSG.DELETE', 'MSG.GET']) {
          expect(await mayPublish(service, `$JS.API.STREAM.${verb}.${stream}`)).toBe(false)
        }
        for (const verb of ['CREATE', 'DURABLE.CREATE', 'DELETE', 'PAUSE', 'RESET']) {
          expect(await mayPublish(service, `$JS.API.CONSUMER.${verb}.${stream}.${service}`)).toBe(false)
        }
      }
      expect(await mayPublish(service, '$JS.API.INFO')).toBe(false)
    })

    it('buries its own dead letters alone, and only InsightHub replays (C132.2)', async () => {
      for (const other of services) {
        const may = other === service && consumes[service].length > 0
        expect(await mayPublish(service, `dead.${other}.k8or.a.b.c.d`)).toBe(may)
      }
      expect(await mayPublish(service, 'replay.syncmaster.k8or.a.b.c.d')).toBe(service === 'insighthub')
      for (const { name } of [streams.FACTS, streams.ACCESS, streams.DEAD]) {
        expect(await mayPublish(service, `${apiPrefix}.DIRECT.GET.${name}`)).toBe(service === 'insighthub')
      }
    })

    it('reaches the manifests only as their owner (C132.2)', async () => {
      const owns = service === manifestStore.owner
      expect(await mayPublish(service, `blob.${manifestStore.bucket}.a`)).toBe(owns)
      expect(await mayPublish(service, `${apiPrefix}.DIRECT.GET.BLOBS_${manifestStore.bucket}`)).toBe(owns)
    })
  })

  it('has nobody use the server to put what he stored where he may not (C132.2)', async () => {
    const codesource = as('codesource')
    const token = 'deputy'
    await codesource.request(subjectOf(deliveryReceived, token), 'forged')
    await codesource.request(`${bucketNames(revisionRecord.bucket).rowPrefix}${token}`, 'forged')
    const targets = [
      subjectOf(releaseRendered, token),
      `${bucketNames(releaseRecord.bucket).rowPrefix}${token}`,
      '_INBOX.syncmaster.deputy',
    ]
    const heard: string[] = []
    as('syncmaster').subscribe('_INBOX.syncmaster.deputy', {
      callback: (_, message) => void heard.push(message.subject),
    })
    await as('syncmaster').flush()
    const { stream, rowPrefix } = bucketNames(revisionRecord.bucket)
    for (const reply of targets) {
      const next = `${apiPrefix}.CONSUMER.MSG.NEXT.FACTS.codesource`
      codesource.publish(next, '{"batch":5,"no_wait":true}', { reply })
      codesource.publish(`${apiPrefix}.DIRECT.GET.${stream}.${rowPrefix}${token}`, '', { reply })
      codesource.publish(`${apiPrefix}.DIRECT.GET.${stream}`, '{"seq":1,"batch":9}', { reply })
    }
    await codesource.flush()
    await as('rig').flush()
    const jsm = await jetstreamManager(as('rig'))
    const last = (name: string, subject: string) => jsm.streams.getMessage(name, { last_by_subj: subject })
    expect(await last('FACTS', targets[0]!)).toBeNull()
    expect(await last(bucketNames(releaseRecord.bucket).stream, targets[1]!)).toBeNull()
    expect(heard).toEqual([])
  })

  describe('a stranger', () => {
    const failing = (options: object) =>
      connect({ servers: server.url, reconnect: false, timeout: 2_000, ...options }).then(
        async (connection) => connection.close().then(() => 'connected'),
        () => 'refused',
      )

    it('without a certificate is refused (C132.5)', async () => {
      expect(await failing({ tls: { ca: server.ca } })).toBe('refused')
    })

    it('with the certificate of another authority is refused (C132.5)', async () => {
      const other = await TestAuthority.create('other')
      const keyed = await other.issue({ subject: 'CN=x', uris: ['spiffe://k8or.mesh/svc/syncmaster'] })
      expect(await failing({ tls: { ca: server.ca, ...keyed } })).toBe('refused')
    })

    it('with a name that nobody knows is refused (C132.5)', async () => {
      expect(await failing({ tls: { ca: server.ca, ...(await server.issue('somebody')) } })).toBe('refused')
    })

    it('without TLS, or with a password, is refused (C132.5)', async () => {
      const plain = server.url.replace('tls:', 'nats:')
      expect(await failing({ servers: plain })).toBe('refused')
      expect(await failing({ tls: { ca: server.ca }, user: 'spiffe://k8or.mesh/svc/rig', pass: '' })).toBe('refused')
    })
  })

  it.each(['FACTS', 'ACCESS'])(
    'lets nobody remove a message of %s, not who may do all, nor permit it (AU.2)',
    async (name) => {
      const jsm = await jetstreamManager(as('rig'))
      await expect(jsm.streams.deleteMessage(name, 1)).rejects.toThrow('not permitted')
      await expect(jsm.streams.purge(name)).rejects.toThrow('not permitted')
      const { config } = await jsm.streams.info(name)
      for (const permission of ['deny_delete', 'deny_purge'])
        await expect(jsm.streams.update(name, { ...config, [permission]: false })).rejects.toThrow(
          'can not cancel deny',
        )
    },
  )

  it('provisions again without changing what is there', async () => {
    const jsm = await jetstreamManager(as('rig'))
    const configs = async () => {
      const list = await jsm.streams.list().next()
      return list.map(({ config }) => config).sort((a, b) => a.name.localeCompare(b.name))
    }
    const [before, facts] = [await configs(), await stored('FACTS')]
    await server.provision()
    expect(await configs()).toEqual(before)
    expect(await stored('FACTS')).toBe(facts)
    expect(await jetstream(as('rig')).consumers.get('FACTS', 'syncmaster')).toBeDefined()
  })
})
