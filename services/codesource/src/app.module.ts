import { Module, type DynamicModule } from '@nestjs/common'
import { createJobs, type JobHandler, type Jobs } from '@k8or/jobs'
import { Later } from '@k8or/outcome'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger, type Logger } from '@k8or/telemetry'
import { DeclaredRepositories } from './adapters/git/declared-repositories'
import { MirroredTrees } from './adapters/git/mirrored-trees'
import { ImageWork } from './adapters/jobs/image-work'
import { Applications } from './adapters/jetstream/applications'
import { OnApplication } from './adapters/jetstream/on-application'
import { OnDeliveryReceived } from './adapters/jetstream/on-delivery-received'
import { handleKey } from './adapters/jobs/handle-key'
import { OciRegistry } from './adapters/registry/oci-registry'
import { CommitAnswers } from './adapters/rpc/commits'
import { ImageAnswers } from './adapters/rpc/images'
import { RefreshAnswers } from './adapters/rpc/refreshes'
import { TreeAnswers } from './adapters/rpc/trees'
import { compose, type Parts } from './compose'
import type { Config } from './config'
import { Agenda } from './domain/agenda/agenda'
import { Committing } from './domain/commit/committing'

@Module({})
class CodeSourceModule {}

const name = 'codesource'
const backoffMs = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000]
/** Looks wait for git, registries and hosts, not for each other: HostLimits says how many run. */
const looksAtOnce = 10_000
const imagesAtOnce = 64

/** Builds CodeSource from its settings and its links to the mesh. */
export async function createApp(config: Config, links: Links): Promise<ServiceApp> {
  const log = createLogger(name)
  const parts = compose(config, links, log)
  const { webhooks } = parts
  const jobs: Jobs[] = []
  const app = await buildService({
    name,
    links,
    log,
    module: moduleOf(parts),
    onStart: async (signal) => {
      await learn(parts)
      signal.throwIfAborted()
      const [repositories, images] = jobsOf(parts, config, links, log)
      jobs.push(repositories, images)
      await begin(parts, repositories, images)
    },
    onStop: () => end(parts, jobs),
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
async function learn({ revisions, images, pushes, own, applications, agenda }: Parts): Promise<void> {
  const rows = [revisions, images, pushes].map((record) => record.load())
  await Promise.all([...rows, own.load(), applications.watch((change) => agenda.known(change))])
}

/** Announces what was left unsaid, and begins to look at every repository and at the tags that were left. */
async function begin(parts: Parts, repositories: Jobs, images: Jobs): Promise<void> {
  const { agenda, marks, imageWork, observing, mirrors, followed } = parts
  await observing.announceAgain()
  await imageWork.begin(images)
  await mirrors.removeUnused((token) => followed.repository(token) !== undefined)
  marks.join(repositories)
  agenda.begin()
}

async function end({ applications, stopping, mirrors, connections, files }: Parts, jobs: readonly Jobs[]) {
  applications.stop()
  stopping.abort(new Later('the service stops'))
  // A fetch that is cut off is made again.
  await Promise.all(jobs.map((each) => each.stop(1_000)))
  mirrors.close()
  connections.close()
  files.clear()
}

/** Work on repositories, then work on images. */
function jobsOf(parts: Parts, config: Config, links: Links, log: Logger): readonly [Jobs, Jobs] {
  const make = (what: string, concurrency: number, handler: JobHandler) =>
    createJobs(
      { redis: redisOf(config, links), log },
      {
        name: `${name}-${what}`,
        concurrency,
        backoffMs,
        handler,
        onFailure: (key, failure) => log.warn({ key, ...failure }, `could not look at one of the ${what}`),
      },
    )
  return [
    make('repositories', looksAtOnce, (key, signal) => handleKey(parts, key, signal)),
    make('images', imagesAtOnce, (key, signal) => parts.imageWork.handle(key, signal)),
  ]
}

function redisOf({ redisUrl: url }: Config, { identity }: Links) {
  return url.startsWith('rediss:') ? { url, tls: identity } : { url }
}

function moduleOf(parts: Parts): DynamicModule {
  const { agenda, imageWork, registry, trees, repositories, committing, applications } = parts
  return {
    module: CodeSourceModule,
    controllers: [OnApplication, OnDeliveryReceived],
    providers: [
      ...[TreeAnswers, RefreshAnswers, CommitAnswers, ImageAnswers],
      { provide: Agenda, useFactory: () => agenda },
      { provide: ImageWork, useFactory: () => imageWork },
      { provide: OciRegistry, useFactory: () => registry },
      { provide: Committing, useFactory: () => committing },
      { provide: DeclaredRepositories, useFactory: () => repositories },
      { provide: MirroredTrees, useFactory: () => trees },
      { provide: Applications, useFactory: () => applications },
    ],
  }
}
