import {
  applicationDeclared,
  applicationRecord,
  type EventDefinition,
  type Fact,
  type ServiceName,
} from '@k8or/contracts'
import { Settings } from '@k8or/contracts/rpc/accesspoint/v1/settings'
import { connectBus, type Bus } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import { eventually, freePort, removeDir, startGitServer, startRedis, startTestBus, tempDir } from '@k8or/rig'
import { LocalCalls, NotFoundError } from '@k8or/rpc'
import type { ServiceApp } from '@k8or/shell'
import { request } from 'node:https'
import { join } from 'node:path'
import { createApp, loadConfig } from '../src'

/** The secrets of webhooks, as everybody in these specs knows them. */
export const hush = { github: 'hush', gitlab: 'hush', registry: 'hush-registry', ci: 'hush-ci' }

/** A request to the door of webhooks. */
interface SentRequest {
  readonly method?: string
  readonly path?: string
  readonly headers: Record<string, string>
  readonly body: string | Buffer
}

/** CodeSource on a real bus, a real git server and a real Redis, with what it told. */
export class CodeSourceUnderTest {
  readonly facts: Fact<unknown>[] = []
  /** As whom registries are asked. */
  registry: { readonly username: string; readonly password: string } | undefined
  private app: ServiceApp | undefined
  private readonly buses: Bus[] = []
  private readonly ending = new AbortController()
  private applications = 0

  private constructor(
    readonly dir: string,
    readonly port: number,
    readonly nats: Awaited<ReturnType<typeof startTestBus>>,
    readonly redis: Awaited<ReturnType<typeof startRedis>>,
    readonly git: Awaited<ReturnType<typeof startGitServer>>,
    readonly local = new LocalCalls(),
  ) {}

  static async start(): Promise<CodeSourceUnderTest> {
    const dir = tempDir('codesource')
    const [nats, redis, git] = await Promise.all([
      startTestBus(join(dir, 'nats')),
      startRedis({ dir: join(dir, 'redis') }),
      startGitServer({ root: join(dir, 'git') }),
    ])
    const made = new CodeSourceUnderTest(dir, await freePort(), nats, redis, git)
    const nothing = () => {
      throw new NotFoundError('nothing is declared')
    }
    made.local.serve('accesspoint', (router) => {
      const getRegistry = () => made.registry ?? nothing()
      router.service(Settings, { getRepository: nothing, getRegistry, getWebhookSecrets: () => ({ secrets: hush }) })
    })
    const insighthub = await made.connect('insighthub')
    const onFact = (fact: Fact<unknown>) => void made.facts.push(fact)
    void insighthub.replay({ stream: 'FACTS', fromSequence: 0, signal: made.ending.signal, onFact })
    await made.startApp()
    return made
  }

  /** Calls as one of the services makes them. */
  callsOf(service: ServiceName) {
    return this.local.as(`spiffe://k8or.mesh/svc/${service}`)
  }

  async connect(service: ServiceName): Promise<Bus> {
    const bus = await connectBus({ url: this.nats.url, identity: await this.nats.identity(service), failFast: true })
    this.buses.push(bus)
    return bus
  }

  async startApp(): Promise<void> {
    const identity = await this.nats.identity('codesource')
    const bus = await connectBus({ url: this.nats.url, identity, failFast: true })
    const config = loadConfig({
      K8OR_STATE_DIR: this.dir,
      K8OR_REDIS_URL: this.redis.url,
      K8OR_WEBHOOK_LISTEN: `127.0.0.1:${this.port}`,
      K8OR_ALLOW_LOOPBACK: 'true',
      PATH: '/usr/local/bin:/usr/bin:/bin',
    })
    const app = await createApp(config, {
      ...{ identity, bus, calls: this.local.as(identity.spiffeId) },
      gate: { call: () => Promise.reject(new Later('there is no cluster in this spec')) },
      serve: async (...served: Parameters<LocalCalls['serve']>) => this.local.serve(...served),
    })
    await app.start()
    this.app = { ...app, stop: () => app.stop().then(() => bus.close()) }
  }

  async stopApp(): Promise<void> {
    await this.app?.stop()
    this.app = undefined
  }

  /** An application that follows a branch of a repository. */
  async declare(name: string, targetRevision = 'main'): Promise<void> {
    const syncmaster = await this.connect('syncmaster')
    const uid = `uid-${++this.applications}`
    const ref = { uid, namespace: 'argocd', name: uid, project: 'default' }
    const destination = { server: '', name: 'in-cluster', namespace: 'default' }
    const sources = [{ repoURL: this.git.urlOf(name), path: '.', targetRevision }]
    const application = { ref, token: uid, bucket: 0, destination, sources, specDigest: 's', refresh: '' }
    await syncmaster.records(applicationRecord).put(uid, application)
    const envelope = { id: `declared/${uid}`, token: uid, time: new Date(), causes: [], actor: 'service:syncmaster' }
    await syncmaster.publisher.publish(applicationDeclared, { ...envelope, data: { application } })
  }

  /** The facts of one kind that were told so far. */
  told<Data>({ fact }: EventDefinition<Data>): Fact<Data>[] {
    return this.facts.filter(({ type }) => type.startsWith(`dev.k8or.${fact}.`)) as Fact<Data>[]
  }

  /** The first fact of a kind that is as wanted, once it was told. */
  until<Data>(event: EventDefinition<Data>, wanted: (data: Data) => boolean): Promise<Fact<Data>> {
    return eventually(() => this.told(event).find(({ data }) => wanted(data)), { what: event.fact })
  }

  async post(headers: Record<string, string>, body: unknown) {
    const { status, text } = await this.send({ headers, body: JSON.stringify(body) })
    return { status, ...(JSON.parse(text) as { result: string; message: string }) }
  }

  /** Sends bytes as they are. */
  send({
    method = 'POST',
    path = '/api/webhook',
    headers,
    body,
  }: SentRequest): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const { ca } = this.nats
      const sent = request({ host: 'localhost', port: this.port, path, ca, method, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  async stop(): Promise<void> {
    this.ending.abort()
    await this.stopApp()
    await Promise.all(this.buses.map((bus) => bus.close()))
    await Promise.all([this.git.stop(), this.nats.stop(), this.redis.stop()])
    removeDir(this.dir)
  }
}
