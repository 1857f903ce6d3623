import {
  applicationRecord,
  clusterRecord,
  healthChanged,
  healthKey,
  healthRecord,
  sha256,
  syncFinished,
  syncStarted,
  type ApplicationRef,
  type EventDefinition,
  type Fact,
  type HealthChanged,
  type HealthRecord,
  type ServiceName,
} from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import {
  DirectGate,
  eventually,
  removeDir,
  startKube,
  startTestBus,
  tempDir,
  type KubeObject,
  type KubeServer,
  type TestBus,
} from '@k8or/rig'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { SqliteFactIndex } from '../src/adapters/sqlite/fact-index'
import { Insight } from '../src/insight'

/** The cluster of all that is deployed here. */
export const cluster = 'in-cluster'
/** How long a verdict may take. */
export const timeoutMs = 20_000

/** A Deployment that an application manages. */
export const deployment = (name: string, image: string, application: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default', labels: { 'k8or.dev/application': application } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } },
  },
})

/** InsightHub on a real cluster and a real bus, with what it announced. */
export class InsightUnderTest {
  readonly announced: Fact<HealthChanged>[] = []
  insight!: Insight
  private readonly buses = new Map<ServiceName, Bus>()
  private readonly listening = new AbortController()
  private following: Promise<void> | undefined

  private constructor(
    private readonly dir: string,
    readonly kube: KubeServer,
    private readonly nats: TestBus,
    readonly gate: DirectGate,
  ) {}

  static async start(): Promise<InsightUnderTest> {
    const dir = tempDir('insighthub')
    const [kube, nats] = await Promise.all([
      startKube({ dir: join(dir, 'kube'), nodes: 2 }),
      startTestBus(join(dir, 'nats')),
    ])
    const started = new InsightUnderTest(dir, kube, nats, new DirectGate(kube))
    await started.connect()
    await started.begin()
    return started
  }

  async stop(): Promise<void> {
    this.listening.abort()
    await this.following
    await this.insight.stop()
    await this.gate.close()
    await Promise.all([...this.buses.values()].map((each) => each.close()))
    await Promise.all([this.kube.stop(), this.nats.stop()])
    removeDir(this.dir)
  }

  /** The bus, as one of the services. */
  bus(service: ServiceName): Bus {
    return this.buses.get(service)!
  }

  /** Begins InsightHub, for the first time or again. */
  async begin(): Promise<void> {
    this.insight = new Insight(
      { index: { file: this.indexFile, maxAgeMs: 1e10, maxBytes: 1e9 }, silenceMs: 1500 },
      { bus: this.bus('insighthub'), gate: this.gate },
    )
    await this.insight.start(new AbortController().signal)
  }

  async declare(name: string): Promise<ApplicationRef> {
    const ref = { uid: `uid-of-${name}`, namespace: 'argocd', name, project: 'default' }
    const destination = { server: 'https://kubernetes.default.svc', name: '', namespace: 'default' }
    const row = { ref, token: `${name}_1`, bucket: 1, destination, sources: [], specDigest: '', refresh: '' }
    await this.bus('syncmaster').records(applicationRecord).put(ref.uid, row)
    await eventually(() => this.insight.judge.tree(ref.uid), { what: `the account of ${name}` })
    return ref
  }

  /** Tells a fact, as its owner. */
  say<Data>(
    event: EventDefinition<Data>,
    id: string,
    data: Data,
    more: { token?: string; causes?: string[]; time?: Date } = {},
  ) {
    return this.bus(event.owner).publisher.publish(event, {
      ...{ id, token: 'some_1', time: new Date(), causes: [], correlationId: 'delivery-1', actor: 'git:ann', data },
      ...more,
    })
  }

  /** Does what SyncMaster does: tells of a sync, applies, tells of its end. */
  async deploy(
    application: ApplicationRef,
    release: number,
    objects: KubeObject[],
    causes: string[] = [],
  ): Promise<string> {
    const sync = `${application.uid}-${release}-1`
    const common = { application, sync, release, cluster, revisions: ['abc1'] }
    const begun = new Date()
    const how = { trigger: 'release' as const, automated: true, waves: 1, kinds: [] }
    await this.say(syncStarted, `${sync}/started`, { ...common, ...how }, { causes })
    const applied = await Promise.all(objects.map((object) => this.kube.client.apply(object)))
    const synced = applied.map(({ kind, metadata }) => ({
      object: { group: 'apps', version: 'v1', kind, namespace: 'default', name: metadata.name },
      result: 'configured' as const,
      ...{ uid: metadata.uid!, generation: metadata.generation!, message: '' },
    }))
    const times = { startedAt: begun.toISOString(), finishedAt: new Date().toISOString() }
    await this.say(
      syncFinished,
      `${sync}/finished`,
      { ...common, phase: 'Succeeded', message: '', objects: synced, total: synced.length, ...times },
      { causes: [`${sync}/started`] },
    )
    return `${sync}/finished`
  }

  /** What was announced of an application. */
  factsOf({ uid }: ApplicationRef): Fact<HealthChanged>[] {
    return this.announced.filter(({ data }) => data.application.uid === uid)
  }

  verdictOf({ uid }: ApplicationRef) {
    return this.bus('insighthub').records(healthRecord).get(healthKey(uid, null))
  }

  /** Waits until an application is judged so. */
  becomes(application: ApplicationRef, status: string): Promise<true> {
    return eventually(async () => (await this.verdictOf(application))?.value.health?.status === status, {
      timeoutMs,
      what: `${application.name} to be ${status}`,
    })
  }

  /** All that is recorded of an application. */
  async rowsOf({ uid }: ApplicationRef): Promise<HealthRecord[]> {
    return (await this.bus('insighthub').records(healthRecord).list(`${uid}.>`)).map(({ value }) => value)
  }

  /** What the index holds on disk. */
  readIndex() {
    const index = new SqliteFactIndex(this.indexFile)
    try {
      return index.all()
    } finally {
      index.close()
    }
  }

  loseIndex(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.indexFile}${suffix}`, { force: true })
  }

  private get indexFile(): string {
    return join(this.dir, 'state', 'index.db')
  }

  /** The bus as all services, the cluster as AccessPoint records it, and an ear for what is announced. */
  private async connect(): Promise<void> {
    const { nats } = this
    for (const service of ['accesspoint', 'codesource', 'chartstore', 'syncmaster', 'insighthub'] as const)
      this.buses.set(
        service,
        await connectBus({ url: nats.url, identity: await nats.identity(service), failFast: true }),
      )
    await this.bus('accesspoint')
      .records(clusterRecord)
      .put(sha256(cluster).slice(0, 24), {
        ...{ name: cluster, server: 'https://kubernetes.default.svc', labels: {}, namespaces: [] },
        ...{ reachable: true, reason: '', version: '1.36' },
      })
    this.following = this.bus('insighthub').replay({
      stream: 'FACTS',
      fromSequence: 0,
      signal: this.listening.signal,
      onFact: (fact) => {
        if (fact.type.includes('health.changed'))
          this.announced.push({ ...fact, data: healthChanged.schema.parse(fact.data) })
      },
    })
  }
}
