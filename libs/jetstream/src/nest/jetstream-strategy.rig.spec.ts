import 'reflect-metadata'
import { Controller, Module, type INestMicroservice } from '@nestjs/common'
import type { MicroserviceOptions } from '@nestjs/microservices'
import { Test } from '@nestjs/testing'
import {
  clusterReachable,
  releaseRendered,
  type ClusterReachable,
  type Fact,
  type FactDraft,
  type ReleaseRendered,
} from '@k8or/contracts'
import { Later, Never } from '@k8or/outcome'
import { eventually, removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { connectBus, JetStreamStrategy, OnFact, type Bus } from '../index'

const clusterFact = (id: string): FactDraft<ClusterReachable> => ({
  id,
  token: 'east',
  time: new Date(),
  data: { cluster: 'east', server: 'https://east', version: '1.36' },
  causes: [],
  actor: 'service:accesspoint',
})

const handled: string[] = []
const outcomes = new Map<string, (() => Error)[]>()

@Controller()
class OnClusterReachable {
  @OnFact(clusterReachable)
  async handle(fact: Fact<ClusterReachable>, signal: AbortSignal): Promise<void> {
    handled.push(`${fact.id} ${fact.data.cluster} ${String(signal.aborted)}`)
    const failure = outcomes.get(fact.id)?.shift()
    if (failure) throw failure()
  }
}

@Controller()
class OnReleaseRendered {
  @OnFact(releaseRendered)
  async handle(fact: Fact<ReleaseRendered>): Promise<void> {
    handled.push(fact.id)
  }
}

@Module({ controllers: [OnClusterReachable, OnReleaseRendered] })
class AppModule {}

describe('libs/jetstream/src/nest/jetstream-strategy.rig', () => {
  const dir = tempDir('strategy')
  let server: TestBus
  let accesspoint: Bus
  let syncmaster: Bus
  let insighthub: Bus
  let app: INestMicroservice

  beforeAll(async () => {
    server = await startTestBus(dir)
    const connect = async (service: 'accesspoint' | 'syncmaster' | 'insighthub') =>
      connectBus({ url: server.url, identity: await server.identity(service), failFast: true })
    accesspoint = await connect('accesspoint')
    syncmaster = await connect('syncmaster')
    insighthub = await connect('insighthub')
    const strategy = new JetStreamStrategy(syncmaster)
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile()
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest joins the options to a class
    app = module.createNestMicroservice<MicroserviceOptions>({ strategy })
    await app.listen()
  })

  afterAll(async () => {
    await app.close()
    await Promise.all([accesspoint, syncmaster, insighthub].map((bus) => bus.close()))
    await server.stop()
    removeDir(dir)
  })

  it('hands a fact to the method that is marked for it, parsed, with a signal', async () => {
    await accesspoint.publisher.publish(clusterReachable, clusterFact('f1'))
    await eventually(() => handled.includes('f1 east false'))
  })

  it('hands a fact again that could not be recorded, and acts once more after that', async () => {
    outcomes.set('f2', [() => new Later('no room', 20), () => new Error('something else')])
    await accesspoint.publisher.publish(clusterReachable, clusterFact('f2'))
    await eventually(() => handled.filter((line) => line.startsWith('f2 ')).length === 3)
  })

  it('makes a dead letter with its reason of what can never be handled, which can be handled again by replay', async () => {
    outcomes.set('f3', [() => new Never('cluster east is unknown')])
    await accesspoint.publisher.publish(clusterReachable, clusterFact('f3'))
    const [letter] = await eventually(async () => {
      const letters = await insighthub.deadLetters.list(10)
      return letters.length > 0 && letters
    })
    expect(letter).toMatchObject({
      service: 'syncmaster',
      subject: 'k8or.accesspoint.cluster.reachable.east',
      reason: 'cluster east is unknown',
      stream: 'FACTS',
      attempts: 1,
      eventId: 'f3',
    })
    expect(await insighthub.deadLetters.replay(letter!.id)).toBe(true)
    await eventually(() => handled.filter((line) => line.startsWith('f3 ')).length === 2)
    expect(await insighthub.deadLetters.replay(9_999)).toBe(false)
  })
})
