import { Module, type DynamicModule } from '@nestjs/common'
import { createJobs, type Jobs } from '@k8or/jobs'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger, metrics, type Logger } from '@k8or/telemetry'
import { CodeSourceTrees } from './adapters/codesource/trees'
import { BusAnnouncer } from './adapters/jetstream/announcer'
import { DeclaredApplications } from './adapters/jetstream/declared-applications'
import { loadState } from './adapters/jetstream/load-state'
import { OnApplication } from './adapters/jetstream/on-application'
import { OnRevision } from './adapters/jetstream/on-revision'
import { StoredReleases } from './adapters/jetstream/releases'
import { RecordedRevisions } from './adapters/jetstream/revisions'
import { ReleaseAnswers } from './adapters/rpc/releases'
import { Work } from './adapters/work'
import type { Config } from './config'
import { ApplicationIndex } from './domain/applications/application-index'
import { Considering } from './domain/release/consider'
import { ReleaseBooks } from './domain/release/release-books'
import { Signals } from './signals'

@Module({})
class ChartStoreModule {}

const name = 'chartstore'
const backoffMs = [200, 1_000, 5_000, 30_000]

/** Builds ChartStore from its settings and its links to the mesh. */
export function createApp(config: Config, links: Links): Promise<ServiceApp> {
  const log = createLogger(name)
  const parts = compose(config, links, log)
  let jobs: Jobs | undefined
  return buildService({
    name,
    links,
    log,
    module: moduleOf(parts),
    onStart: async () => {
      await loadState(parts)
      jobs = createJobs(
        { redis: redisOf(config, links), log },
        {
          name: 'chartstore-render',
          concurrency: config.concurrency,
          backoffMs,
          handler: (key) => parts.work.handle(key),
          onFailure: (key, failure) => log.warn({ key, ...failure }, 'could not look at what changed'),
        },
      )
      parts.work.begin(jobs)
    },
    onStop: async () => jobs?.stop(),
  })
}

function redisOf({ redisUrl: url }: Config, { identity }: Links) {
  return url.startsWith('rediss:') ? { url, tls: identity } : { url }
}

function compose(config: Config, { bus, calls }: Links, log: Logger) {
  const signals = new Signals(log, metrics)
  const index = new ApplicationIndex()
  const releases = new StoredReleases(bus)
  const clock = { now: () => new Date() }
  const books = new ReleaseBooks(releases, new BusAnnouncer(bus.publisher, signals), clock)
  const trees = new CodeSourceTrees(calls, config.maxManifestBytes)
  const revisions = new RecordedRevisions(bus)
  const considering = new Considering(index, revisions, trees, releases, books)
  const work = new Work(index, considering, signals, config.advanceIntervalMs)
  return { applications: new DeclaredApplications(bus), index, revisions, releases, books, work }
}

function moduleOf({ work, releases, revisions, applications }: ReturnType<typeof compose>): DynamicModule {
  return {
    module: ChartStoreModule,
    controllers: [OnApplication, OnRevision],
    providers: [
      ReleaseAnswers,
      { provide: Work, useFactory: () => work },
      { provide: StoredReleases, useFactory: () => releases },
      { provide: RecordedRevisions, useFactory: () => revisions },
      { provide: DeclaredApplications, useFactory: () => applications },
    ],
  }
}
