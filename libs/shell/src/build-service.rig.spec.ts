import 'reflect-metadata'
import { Controller, Inject, Module } from '@nestjs/common'
import { clusterReachable, type ClusterReachable, type Fact } from '@k8or/contracts'
import { Applications, type SyncRequest } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { connectBus, OnFact, type Bus } from '@k8or/jetstream'
import { eventually, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { LocalCalls, RpcService } from '@k8or/rpc'
import { createLogger } from '@k8or/telemetry'
import { buildService } from './build-service'
import type { Links } from './links'
import type { ServiceApp } from './service-app'

const told = Symbol('what was told')

@Controller()
class OnClusterReachable {
  constructor(@Inject(told) private readonly told: string[]) {}

  @OnFact(clusterReachable)
  async handle(fact: Fact<ClusterReachable>): Promise<void> {
    this.told.push(`heard ${fact.data.cluster}`)
  }
}

@RpcService(Applications)
class Answers {
  constructor(@Inject(told) private readonly told: string[]) {}

  sync({ name }: SyncRequest): { requestedAt: string } {
    this.told.push(`asked for ${name?.name ?? ''}`)
    return { requestedAt: 'now' }
  }
}

@Module({})
class AppModule {}

describe('libs/shell/src/build-service.rig', () => {
  const dir = tempDir('shell')
  const events: string[] = []
  const local = new LocalCalls()
  let server: TestBus
  let bus: Bus
  let others: Bus
  let app: ServiceApp

  beforeAll(async () => {
    server = await startTestBus(dir)
    const identity = await server.identity('syncmaster')
    bus = await connectBus({ url: server.url, identity, failFast: true })
    others = await connectBus({ url: server.url, identity: await server.identity('accesspoint'), failFast: true })
    const links: Links = {
      identity,
      bus,
      calls: local.as(identity.spiffeId),
      gate: { call: () => Promise.reject(new Error('there are no clusters')) },
      serve: async (service, routes) => local.serve(service, routes),
      withdraw: async (service) => {
        events.push('withdrawn')
        local.withdraw(service)
      },
    }
    const providers = [Answers, { provide: told, useFactory: () => events }]
    app = await buildService({
      name: 'syncmaster',
      links,
      log: createLogger('syncmaster', { level: 'silent' }),
      module: { module: AppModule, controllers: [OnClusterReachable], providers },
      onStart: async () => void events.push('loaded'),
      onStop: async () => void events.push('closed'),
      missing: () => (events.includes('asked for a') ? [] : ['nobody asked']),
    })
  })

  afterAll(async () => {
    await Promise.all([bus.close(), others.close()])
    await server.stop()
    removeDir(dir)
  })

  const sync = () =>
    local
      .as('spiffe://k8or.mesh/svc/accesspoint')
      .to('syncmaster', Applications)
      .sync({ name: { name: 'a' } })

  it('is not there for others before it has started', async () => {
    expect(app.readiness()).toEqual({ ready: false, reasons: ['is starting', 'nobody asked'] })
    await expect(sync()).rejects.toThrow('syncmaster has not started')
  })

  it('answers calls by its decorated providers and hears facts by its decorated handlers', async () => {
    await app.start()
    expect(await sync()).toMatchObject({ requestedAt: 'now' })
    const data = { cluster: 'east', server: 'https://east', version: '1.36' }
    const draft = { id: 'f1', token: 'east', time: new Date(), data, causes: [], actor: 'service:accesspoint' }
    await others.publisher.publish(clusterReachable, draft)
    await eventually(() => events.includes('heard east'))
    expect(events).toEqual(['loaded', 'asked for a', 'heard east'])
    expect(app.readiness()).toEqual({ ready: true, reasons: [] })
  })

  it('takes no more calls, then no more facts, before it closes what they need', async () => {
    await app.stop()
    expect(events.slice(-2)).toEqual(['withdrawn', 'closed'])
    await expect(sync()).rejects.toThrow('syncmaster has not started')
    expect(app.readiness()).toMatchObject({ ready: false })
  })
})
