import { imageRecord, pushRecord, revisionRecord } from '@k8or/contracts'
import { JobMarks } from '@k8or/jobs'
import type { Links } from '@k8or/shell'
import { currentTraceparent, metrics, type Logger } from '@k8or/telemetry'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { HubSettings } from './adapters/accesspoint/hub-settings'
import { Addresses } from './adapters/git/addresses'
import { DeclaredRepositories } from './adapters/git/declared-repositories'
import type { GitPlace } from './adapters/git/git-environment'
import { GitMirrors } from './adapters/git/git-mirrors'
import { HostLimits } from './adapters/git/host-limits'
import { MirroredTrees } from './adapters/git/mirrored-trees'
import { RunningReaders } from './adapters/git/object-reader'
import { Routes } from './adapters/git/route'
import { SecretFiles } from './adapters/git/secret-files'
import { Connections } from './adapters/git/smart-http/connections'
import { GitWriter } from './adapters/git/writing/git-writer'
import { WebhookServer } from './adapters/http/webhook-server'
import { ImageWork } from './adapters/jobs/image-work'
import { Applications } from './adapters/jetstream/applications'
import { RecordedCommits } from './adapters/jetstream/recorded-commits'
import { RecordedDeliveries } from './adapters/jetstream/recorded-deliveries'
import { RecordedRows } from './adapters/jetstream/recorded-rows'
import { OciRegistry } from './adapters/registry/oci-registry'
import { RegistryHttp } from './adapters/registry/registry-http'
import type { Config } from './config'
import { Agenda } from './domain/agenda/agenda'
import { Committing } from './domain/commit/committing'
import { OwnCommits } from './domain/commit/own-commits'
import { ObservingImages } from './domain/image/observing-images'
import { Followed } from './domain/repository/followed'
import { Hints } from './domain/revision/hints'
import { Observing } from './domain/revision/observing'
import { TakingDeliveries } from './domain/webhook/take-delivery'
import { Signals } from './signals'

const raceStepMs = 40

/** CodeSource's parts, joined. */
export type Parts = ReturnType<typeof compose>

/** Joins the parts of CodeSource; nothing is opened yet. */
export function compose(config: Config, { bus, calls, identity }: Links, log: Logger) {
  const clock = () => new Date()
  const signals = new Signals(log, metrics)
  const followed = new Followed()
  const hub = new HubSettings(calls)
  const announcer = bus.publisher
  const connections = new Connections()
  const addresses = new Addresses({ allowLoopback: config.git.allowLoopback })
  const registryHttp = new RegistryHttp({ addresses, connections, clock })
  const registry = new OciRegistry({ http: registryHttp, credentials: hub.registryCredentials })
  const images = new RecordedRows(bus, imageRecord)
  const pushes = new RecordedRows(bus, pushRecord)
  const files = new SecretFiles(join(config.git.dir, 'keys'))
  const mirrors = mirrorsOf(config, new Routes({ credentials: hub.credentials, addresses, files, connections }))
  const repositories = new DeclaredRepositories(followed)
  const writer = new GitWriter({ mirrors, place: placeOf(config), author: config.git.author })
  const own = new OwnCommits({ records: new RecordedCommits(bus), writer, announcer, clock })
  const revisions = new RecordedRows(bus, revisionRecord)
  const hints = new Hints()
  const { errorAfterMs, pollIntervalMs } = config
  const observing = new Observing({ followed, hints, mirrors, revisions, announcer, own, clock, errorAfterMs })
  const marks = new JobMarks()
  const agenda = new Agenda({
    ...{ followed, hints, revisions, marks, pollIntervalMs },
    traceparent: currentTraceparent,
    random: Math.random,
  })
  const taken = new RecordedDeliveries(bus)
  const taking = new TakingDeliveries({ secrets: hub.webhookSecrets, taken, announcer, followed, clock })
  const stopping = new AbortController()
  const committing = new Committing({
    ...{ writer, own, clock, signal: stopping.signal },
    backOff: (races, signal) => wait(Math.random() * raceStepMs * races, undefined, { signal }),
    traced: (requests, run) => signals.committed(requests, run),
    onPushed: (record, factId) => agenda.pushed(record, factId),
  })
  return {
    ...{ followed, revisions, images, pushes, own, observing, mirrors, connections, files, committing, stopping },
    ...{ agenda, marks, hints, signals },
    ...{ registry, repositories },
    applications: new Applications(bus),
    trees: new MirroredTrees(mirrors, (url) => repositories.of(url)),
    imageWork: new ImageWork(new ObservingImages({ pushes, images, registry, announcer, clock })),
    webhooks: new WebhookServer({ ...config.webhook, identity }, taking, signals),
  }
}

function mirrorsOf(config: Config, routes: Routes): GitMirrors {
  const { dir, maxBytes } = config.git
  return new GitMirrors({
    dir: join(dir, 'mirrors'),
    place: placeOf(config),
    maxBytes,
    readers: new RunningReaders(32),
    hosts: new HostLimits({ perHost: 8, unprovenPerHost: 4, total: 64 }),
    routes,
  })
}

function placeOf({ git }: Config): GitPlace {
  return { path: git.path, home: git.dir }
}
