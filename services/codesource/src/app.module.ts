import { Module, type DynamicModule } from '@nestjs/common'
import { createJobs, type Jobs } from '@k8or/jobs'
import { Later } from '@k8or/outcome'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger, metrics, type Logger } from '@k8or/telemetry'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { HubSettings } from './adapters/accesspoint/hub-settings'
import { Addresses } from './adapters/git/addresses'
import { DeclaredRepositories } from './adapters/git/declared-repositories'
import { GitMirrors } from './adapters/git/git-mirrors'
import type { GitPlace } from './adapters/git/git-environment'
import { HostLimits } from './adapters/git/host-limits'
import { MirroredTrees } from './adapters/git/mirrored-trees'
import { RunningReaders } from './adapters/git/object-reader'
import { Routes } from './adapters/git/route'
import { SecretFiles } from './adapters/git/secret-files'
import { Connections } from './adapters/git/smart-http/connections'
import { GitWriter } from './adapters/git/writing/git-writer'
import { WebhookServer } from './adapters/http/webhook-server'
import { Applications } from './adapters/jetstream/applications'
import { BusAnnouncer } from './adapters/jetstream/bus-announcer'
import { OnApplication } from './adapters/jetstream/on-application'
import { OnDeliveryReceived } from './adapters/jetstream/on-delivery-received'
import { RecordedCommits } from './adapters/jetstream/recorded-commits'
import { RecordedDeliveries } from './adapters/jetstream/recorded-deliveries'
import { RecordedRevisions } from './adapters/jetstream/recorded-revisions'
import { RepositoryWork } from './adapters/repository-work'
import { CommitAnswers } from './adapters/rpc/commits'
import { RefreshAnswers } from './adapters/rpc/refreshes'
import { TreeAnswers } from './adapters/rpc/trees'
import type { Config } from './config'
import { Committing } from './domain/commit/committing'
import { OwnCommits } from './domain/commit/own-commits'
import { Followed } from './domain/repository/followed'
import { Hints } from './domain/revision/hints'
import { Observing } from './domain/revision/observing'
import { TakingDeliveries } from './domain/webhook/take-delivery'
import { Signals } from './signals'

@Module({})
class CodeSourceModule {}

const name = 'codesource'
const backoffMs = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000]
const raceStepMs = 40
/** Looks wait for git and for hosts, not for each other: HostLimits says how many run. */
const looksAtOnce = 10_000

/** Builds CodeSource from its settings and its links to the mesh. */
export async function createApp(config: Config, links: Links): Promise<ServiceApp> {
  const log = createLogger(name)
  const parts = compose(config, links, log)
  const { webhooks, mirrors, connections, files, applications, stopping } = parts
  let jobs: Jobs | undefined
  const app = await buildService({
    name,
    links,
    log,
    module: moduleOf(parts),
    onStart: async (signal) => {
      await learn(parts)
      signal.throwIfAborted()
      jobs = jobsOf(parts.work, config, links, log)
      await begin(parts, jobs)
    },
    onStop: async () => {
      applications.stop()
      stopping.abort(new Later('the service stops'))
      // A fetch that is cut off is made again.
      await jobs?.stop(1_000)
      mirrors.close()
      connections.close()
      files.clear()
    },
  })
  return {
    start: async (signal) => {
      await app.start(signal)
      await webhooks.start()
    },
    readiness: () => app.readiness(),
    stop: async () => {
      await webhooks.stop()
      await app.stop()
    },
  }
}

/** Reads what is followed and known. */
async function learn({ revisions, own, applications, work }: Parts): Promise<void> {
  await Promise.all([revisions.load(), own.load(), applications.watch((change) => work.known(change))])
}

/** Announces what was left unsaid, and begins to look at every repository. */
async function begin({ work, observing, mirrors, followed }: Parts, jobs: Jobs): Promise<void> {
  await observing.announceAgain()
  await mirrors.removeUnused((token) => followed.repository(token) !== undefined)
  work.begin(jobs)
}

function jobsOf(work: RepositoryWork, config: Config, links: Links, log: Logger): Jobs {
  return createJobs(
    { redis: redisOf(config, links), log },
    {
      name: 'codesource-repositories',
      concurrency: looksAtOnce,
      backoffMs,
      handler: (key, signal) => work.handle(key, signal),
      onFailure: (key, failure) => log.warn({ repository: key, ...failure }, 'could not look at a repository'),
    },
  )
}

function redisOf({ redisUrl: url }: Config, { identity }: Links) {
  return url.startsWith('rediss:') ? { url, tls: identity } : { url }
}

type Parts = ReturnType<typeof compose>

function compose(config: Config, { bus, calls, identity }: Links, log: Logger) {
  const clock = () => new Date()
  const signals = new Signals(log, metrics)
  const followed = new Followed()
  const hints = new Hints()
  const { credentials, webhookSecrets } = new HubSettings(calls)
  const announcer = new BusAnnouncer(bus.publisher)
  const revisions = new RecordedRevisions(bus)
  const files = new SecretFiles(join(config.git.dir, 'keys'))
  const connections = new Connections()
  const addresses = new Addresses({ allowLoopback: config.git.allowLoopback })
  const mirrors = mirrorsOf(config, new Routes({ credentials, addresses, files, connections }))
  const repositories = new DeclaredRepositories(followed)
  const trees = new MirroredTrees(mirrors, (url) => repositories.of(url))
  const writer = new GitWriter({ mirrors, place: placeOf(config), author: config.git.author })
  const own = new OwnCommits({ records: new RecordedCommits(bus), writer, announcer, clock })
  const { errorAfterMs, pollIntervalMs } = config
  const observing = new Observing({ followed, hints, mirrors, revisions, announcer, own, clock, errorAfterMs })
  const work = new RepositoryWork({ followed, hints, revisions, mirrors, observing, signals, pollIntervalMs })
  const stopping = new AbortController()
  const committing = new Committing({
    ...{ writer, own, clock, signal: stopping.signal },
    backOff: (races, signal) => wait(Math.random() * raceStepMs * races, undefined, { signal }),
    traced: (requests, run) => signals.committed(requests, run),
    onPushed: (record, factId) => work.pushed(record, factId),
  })
  const taken = new RecordedDeliveries(bus)
  const taking = new TakingDeliveries({ secrets: webhookSecrets, taken, announcer, followed, clock })
  const webhooks = new WebhookServer({ ...config.webhook, identity }, taking, signals)
  return {
    applications: new Applications(bus),
    followed,
    revisions,
    mirrors,
    connections,
    files,
    trees,
    repositories,
    own,
    committing,
    stopping,
    observing,
    work,
    webhooks,
  }
}

function mirrorsOf({ git }: Config, routes: Routes): GitMirrors {
  return new GitMirrors({
    dir: join(git.dir, 'mirrors'),
    place: placeOf({ git }),
    maxBytes: git.maxBytes,
    readers: new RunningReaders(32),
    hosts: new HostLimits({ perHost: 8, unprovenPerHost: 4, total: 64 }),
    routes,
  })
}

function placeOf({ git }: Pick<Config, 'git'>): GitPlace {
  return { path: git.path, home: git.dir }
}

function moduleOf({ work, trees, repositories, committing, applications }: Parts): DynamicModule {
  return {
    module: CodeSourceModule,
    controllers: [OnApplication, OnDeliveryReceived],
    providers: [
      TreeAnswers,
      RefreshAnswers,
      CommitAnswers,
      { provide: RepositoryWork, useFactory: () => work },
      { provide: Committing, useFactory: () => committing },
      { provide: DeclaredRepositories, useFactory: () => repositories },
      { provide: MirroredTrees, useFactory: () => trees },
      { provide: Applications, useFactory: () => applications },
    ],
  }
}
