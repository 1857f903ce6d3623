import { Module, type DynamicModule } from '@nestjs/common'
import { createJobs, TracedMarks, type Jobs } from '@k8or/jobs'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger, metrics, type Logger } from '@k8or/telemetry'
import { AccessPointTargets } from './adapters/accesspoint/targets'
import { CodeSourceTrees } from './adapters/codesource/trees'
import { backoffMs } from './adapters/jobs/back-off'
import { handleKey } from './adapters/jobs/handle-key'
import { DeclaredApplications } from './adapters/jetstream/declared-applications'
import { loadState } from './adapters/jetstream/load-state'
import { OnApplication } from './adapters/jetstream/on-application'
import { OnImageBuilt } from './adapters/jetstream/on-image-built'
import { OnRevision } from './adapters/jetstream/on-revision'
import { RecordedPushes } from './adapters/jetstream/pushed-images'
import { StoredReleases } from './adapters/jetstream/releases'
import { RecordedRevisions } from './adapters/jetstream/revisions'
import { RenderPool } from './adapters/renderer/render-pool'
import { ImageAnswers } from './adapters/rpc/images'
import { ReleaseAnswers } from './adapters/rpc/releases'
import { SyncMasterDeployments } from './adapters/syncmaster/deployments'
import { composeImages, startImageJobs } from './compose-images'
import type { Config } from './config'
import { Agenda } from './domain/agenda/agenda'
import { ApplicationIndex } from './domain/applications/application-index'
import { ImageAgenda } from './domain/images/image-agenda'
import { PolicyReport } from './domain/images/policy-report'
import { Considering } from './domain/release/consider'
import { ReleaseBooks } from './domain/release/release-books'
import { RenderTargets } from './domain/release/render-targets'
import { Retention } from './domain/retention/retention'
import { Signals } from './signals'

@Module({})
class ChartStoreModule {}

const name = 'chartstore'
/** How long looks may still take when the service stops; then they are cut off, and repeated at the next start. */
const stopGraceMs = 300

/** Builds ChartStore from its settings and its links to the mesh. */
export function createApp(config: Config, links: Links): Promise<ServiceApp> {
  const log = createLogger(name)
  const parts = compose(config, links, log)
  const running: Jobs[] = []
  return buildService({
    name,
    links,
    log,
    module: moduleOf(parts),
    onStart: async (signal) => {
      await loadState(parts)
      await parts.images.decisions.load()
      await parts.images.books.repeat()
      signal.throwIfAborted()
      const redis = redisOf(config, links)
      running.push(startJobs(config, redis, log, parts), startImageJobs({ redis, log }, parts.images, parts.signals))
      await parts.agenda.begin()
      await parts.images.agenda.begin()
    },
    onStop: async () => {
      await Promise.all(running.map((jobs) => jobs.stop(stopGraceMs)))
      parts.stopping.abort()
      parts.pool.stop()
    },
  })
}

type Parts = ReturnType<typeof compose>

type Redis = ReturnType<typeof redisOf>

function startJobs(config: Config, redis: Redis, log: Logger, { marks, agenda, signals }: Parts): Jobs {
  const jobs = createJobs(
    { redis, log },
    {
      name: 'chartstore-render',
      concurrency: config.concurrency,
      backoffMs,
      handler: (key, signal) => marks.traced(key, () => handleKey(agenda, signals, key, signal)),
      onFailure: (key, failure) => log.warn({ key, ...failure }, 'could not look at what changed'),
    },
  )
  marks.join(jobs)
  return jobs
}

function redisOf({ redisUrl: url }: Config, { identity }: Links) {
  return url.startsWith('rediss:') ? { url, tls: identity } : { url }
}

function compose(config: Config, { bus, calls }: Links, log: Logger) {
  const signals = new Signals(log, metrics)
  const index = new ApplicationIndex()
  const releases = new StoredReleases(bus)
  const clock = { now: () => new Date() }
  const books = new ReleaseBooks(releases, bus.publisher, clock, signals)
  const stopping = new AbortController()
  const trees = new CodeSourceTrees(calls, config.maxManifestBytes, stopping.signal)
  const revisions = new RecordedRevisions(bus)
  const pool = new RenderPool(config.renderHosts)
  const targets = new RenderTargets(new AccessPointTargets(calls), config.controlNamespace)
  const considering = new Considering(index, revisions, trees, releases, books, pool, targets)
  const retention = new Retention(index, releases, new SyncMasterDeployments(calls), config.releasesKept)
  const marks = new TracedMarks()
  const pace = { advanceMs: config.advanceIntervalMs, retentionMs: config.retentionIntervalMs }
  const agenda = new Agenda(index, considering, retention, marks, pace)
  const applications = new DeclaredApplications(bus)
  const images = composeImages({
    ...{ bus, calls, stopping: stopping.signal, clock, signals, registryIntervalMs: config.registryIntervalMs },
    ...{ applications: index, revisions, releases, trees },
  })
  return { applications, index, revisions, releases, books, marks, agenda, signals, stopping, pool, images }
}

function moduleOf({ agenda, releases, revisions, applications, images }: Parts): DynamicModule {
  return {
    module: ChartStoreModule,
    controllers: [OnApplication, OnRevision, OnImageBuilt],
    providers: [
      ReleaseAnswers,
      ImageAnswers,
      { provide: ImageAgenda, useFactory: () => images.agenda },
      { provide: RecordedPushes, useFactory: () => images.pushed },
      { provide: PolicyReport, useFactory: () => images.report },
      { provide: Agenda, useFactory: () => agenda },
      { provide: StoredReleases, useFactory: () => releases },
      { provide: RecordedRevisions, useFactory: () => revisions },
      { provide: DeclaredApplications, useFactory: () => applications },
    ],
  }
}
