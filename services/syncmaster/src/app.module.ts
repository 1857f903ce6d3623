import { hostname } from 'node:os'
import { Module, type DynamicModule } from '@nestjs/common'
import { bucketCount, bucketOf } from '@k8or/contracts'
import { createClusters } from '@k8or/cluster-client'
import { createPartitionedJobs, type PartitionedJobs, type RedisConnection } from '@k8or/jobs'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger, type Logger } from '@k8or/telemetry'
import { GateClusters } from './adapters/accesspoint/clusters'
import { HubApplications } from './adapters/accesspoint/hub-applications'
import { HubEvents } from './adapters/accesspoint/hub-events'
import { LiveWatches } from './adapters/accesspoint/live-watches'
import { RecordedTargets } from './adapters/accesspoint/targets'
import { Attention } from './adapters/jobs/attention'
import { ownIncarnation } from './adapters/files/own-incarnation'
import { ChartStoreReleases } from './adapters/chartstore/releases'
import { RecordedAccounts } from './adapters/jetstream/accounts'
import { FactAnnouncer } from './domain/fact/fact-announcer'
import { LeasedBuckets } from './adapters/jetstream/leased-buckets'
import { OnFacts } from './adapters/jetstream/on-facts'
import { RecordedStops } from './adapters/jetstream/recorded-stops'
import { RecordedVerdicts } from './adapters/jetstream/recorded-verdicts'
import { RecentDesiredSets } from './adapters/memory/desired-sets'
import { CodeSourceGit } from './adapters/codesource/git'
import { Refresher } from './adapters/refresher'
import { ApplicationAnswers } from './adapters/rpc/applications'
import type { Config } from './config'
import { createSignals } from './signals'
import { LiveIndex } from './domain/drift/live-index'
import { healAllowance, TokenBuckets } from './domain/drift/token-bucket'
import type { Application } from './domain/application/application'
import type { Ports } from './domain/ports'
import { Reconciler } from './domain/sync/reconciler'
import type { Settings } from './domain/sync/work'

@Module({})
class SyncMasterModule {}

const name = 'syncmaster'
const backoffMs = [200, 500, 1000, 2000, 5000, 15_000, 60_000, 180_000]
const partition = { count: bucketCount, of: bucketOf }

/** Builds SyncMaster from its settings and its links to the mesh. */
export async function createApp(config: Config, links: Links): Promise<ServiceApp> {
  const log = createLogger(name)
  const ending = new AbortController()
  const holder = await holderOf(config)
  const parts = compose({ ...config, holder }, links, log, ending.signal)
  const { attention, reconciler, buckets, applications } = parts
  let jobs: PartitionedJobs | undefined
  const begin = async (): Promise<void> => {
    jobs = createPartitionedJobs({ redis: redisOf(config, links), log }, partition, {
      name: 'syncmaster-reconcile',
      concurrency: config.concurrency,
      laneOf: (uid) => clusterOf(applications.get(uid)),
      backoffMs,
      handler: (uid, signal) =>
        attention.traced(uid, () => reconciler.consider(uid, AbortSignal.any([signal, ending.signal]))),
      onFailure: (uid, failure) => {
        log.warn({ application: applications.get(uid)?.name ?? uid, ...failure }, 'could not look at an application')
      },
    })
    attention.begin(jobs, () => applications.list())
    await Promise.all([
      parts.targets.start(ending.signal),
      parts.stops.start(ending.signal),
      parts.verdicts.start(ending.signal),
      parts.releases.start(ending.signal),
      applications.start((uid) => attention.consider(uid), ending.signal),
    ])
    ending.signal.throwIfAborted()
    await buckets.start(jobs)
  }
  return buildService({
    name,
    links,
    log,
    module: moduleOf(parts),
    onStart: begin,
    onStop: async () => {
      await buckets.stop()
      // One that was stopped while it started has jobs that no bucket knows of.
      await jobs?.stop()
      ending.abort()
    },
    missing: () => (applications.isComplete() ? [] : ['the Applications of the hub are not known yet']),
  })
}

/** Where an application goes, in whichever words it says so. */
function clusterOf(application: Application | undefined): string {
  const { name = '', server = '' } = application?.spec.destination ?? {}
  return `${name} ${server}`
}

async function holderOf({ holder, incarnationFile }: Config): Promise<string> {
  if (incarnationFile === undefined) return holder
  const own = await ownIncarnation(incarnationFile, { holder, host: hostname(), pid: process.pid })
  return own.holder
}

function compose(config: Config, { bus, calls, gate }: Links, log: Logger, signal: AbortSignal) {
  const clock = { now: () => new Date() }
  const kube = createClusters(gate)
  const attention = new Attention()
  const accounts = new RecordedAccounts(bus, clock)
  const index = new LiveIndex((uid, key) => accounts.expected(uid, key))
  const consider = (uid: string): void => attention.mark(uid)
  const targets = new RecordedTargets(
    bus,
    calls,
    (cluster) => attention.considerCluster(cluster),
    (cluster) => live.retire(cluster),
  )
  const considerCluster = (name: string): void => attention.considerCluster(targets.named(name))
  const live = new LiveWatches(index, kube, consider, considerCluster, log, signal)
  const applications = new HubApplications(kube, new HubEvents(kube, log, signal), config.controlNamespace, log)
  const verdicts = new RecordedVerdicts(bus, consider)
  const stops = new RecordedStops(bus, (cluster) => attention.considerCluster(targets.named(cluster) ?? 'all'))
  const releases = new ChartStoreReleases(bus, calls, consider)
  const buckets = new LeasedBuckets(bus, config, { accounts, live, applications, log })
  const ports: Ports = {
    ...{ clock, applications, targets, stops, releases, verdicts, live, accounts, buckets },
    clusters: new GateClusters(kube),
    desiredSets: new RecentDesiredSets(config.desiredCacheObjects),
    announcer: new FactAnnouncer(bus.publisher, clock),
    marks: attention,
    signals: createSignals(log),
  }
  const settings = settingsOf(config)
  const reconciler = new Reconciler(ports, settings)
  buckets.onLost((uid) => reconciler.release(uid))
  const git = new CodeSourceGit(calls)
  const refresher = new Refresher(calls)
  return {
    attention,
    applications,
    targets,
    stops,
    verdicts,
    releases,
    buckets,
    reconciler,
    ports,
    settings,
    bus,
    git,
    refresher,
  }
}

/** A Redis of the mesh asks for its certificates; a plain one is for tests. */
function redisOf({ redisUrl }: Config, { identity }: Links): RedisConnection {
  return redisUrl.startsWith('rediss:') ? { url: redisUrl, tls: identity } : { url: redisUrl }
}

function settingsOf(config: Config): Settings {
  return {
    controlNamespace: config.controlNamespace,
    installation: config.installation,
    massChange: config.massChange,
    parallelApplies: config.applyConcurrency,
    healBuckets: new TokenBuckets(healAllowance),
    historyLimit: 10,
  }
}

function moduleOf({ attention, ports, settings, bus, git, refresher }: ReturnType<typeof compose>): DynamicModule {
  return {
    module: SyncMasterModule,
    controllers: [OnFacts],
    providers: [
      { provide: Attention, useFactory: () => attention },
      { provide: ApplicationAnswers, useFactory: () => new ApplicationAnswers(ports, settings, bus, git, refresher) },
    ],
  }
}
