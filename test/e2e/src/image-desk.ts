import { join } from 'node:path'
import { createApp as createChartStore, loadConfig as loadChartStore } from '@k8or/chartstore'
import { createApp as createCodeSource, loadConfig as loadCodeSource } from '@k8or/codesource'
import {
  canonicalImageName,
  imageBuilt,
  imageKey,
  imageRecord,
  imageToken,
  type Fact,
  type ImageConsidered,
  type ReleaseRendered,
} from '@k8or/contracts'
import { Settings } from '@k8or/contracts/rpc/accesspoint/v1/settings'
import {
  commitFiles,
  eventually,
  freePort,
  git,
  gitRepo,
  readFileAt,
  removeDir,
  startBusBench,
  startGitServer,
  tempDir,
  type BusBench,
  type GitServer,
} from '@k8or/rig'
import { NotFoundError } from '@k8or/rpc'
import type { ServiceApp } from '@k8or/shell'

type Considered = Fact<ImageConsidered>

/** CodeSource and ChartStore on a real bus and a real git server, without clusters. */
export class ImageDesk {
  #pushes = 0

  private constructor(
    readonly dir: string,
    readonly bench: BusBench,
    readonly git: GitServer,
    private readonly apps: ServiceApp[],
  ) {}

  static async start(): Promise<ImageDesk> {
    const dir = tempDir('images')
    const [bench, server] = await Promise.all([startBusBench(dir), startGitServer({ root: join(dir, 'git') })])
    bench.calls.serve('accesspoint', (router) => {
      router.service(Settings, {
        getRepository: () => {
          throw new NotFoundError('public')
        },
        getWebhookSecrets: () => ({ secrets: {} }),
      })
    })
    const desk = new ImageDesk(dir, bench, server, [])
    await desk.startCodeSource()
    await desk.startChartStore()
    return desk
  }

  async startChartStore(): Promise<void> {
    const config = loadChartStore({ K8OR_REDIS_URL: this.bench.redis.url })
    this.apps.push(await this.bench.start('chartstore', (links) => createChartStore(config, links)))
  }

  /** Ends ChartStore, as a stop of the process does. */
  async stopChartStore(): Promise<void> {
    await this.apps.pop()?.stop()
  }

  private async startCodeSource(): Promise<void> {
    const config = loadCodeSource({
      K8OR_STATE_DIR: this.dir,
      K8OR_REDIS_URL: this.bench.redis.url,
      K8OR_WEBHOOK_LISTEN: `127.0.0.1:${String(await freePort())}`,
      K8OR_ALLOW_LOOPBACK: 'true',
      PATH: '/usr/local/bin:/usr/bin:/bin',
    })
    this.apps.push(await this.bench.start('codesource', (links) => createCodeSource(config, links)))
  }

  async stop(): Promise<void> {
    for (const app of this.apps.toReversed()) await app.stop()
    await Promise.all([this.git.stop(), this.bench.stop()])
    removeDir(this.dir)
  }

  /** A repository with its first commit. */
  async repository(name: string, files: Record<string, string>) {
    const repo = await gitRepo(this.git.root, name)
    await commitFiles(repo, files)
    return {
      repo,
      url: this.git.urlOf(name),
      read: (path: string) => readFileAt(repo, path),
      commit: (changes: Record<string, string>) => commitFiles(repo, changes),
      subjects: async () => (await git(['-C', repo, 'log', '--format=%s', 'main'])).split('\n'),
      message: () => git(['-C', repo, 'log', '-1', '--format=%B', 'main']),
    }
  }

  declare(
    uid: string,
    url: string,
    imagePolicy: Record<string, string>,
    more: Partial<Parameters<BusBench['declare']>[0]> = {},
  ) {
    const sources = [{ repoURL: url, path: 'app', targetRevision: 'main' }]
    return this.bench.declare({ uid, sources, imagePolicy, ...more })
  }

  /** What CodeSource does when a registry or a pipeline says that an image was pushed. */
  async pushImage(reference: string, { letter = 'a', firstLetter = 'a', ordinal = 1 } = {}): Promise<string> {
    const [written = '', tag = ''] = reference.split(/:(?=[^:/]*$)/)
    const name = canonicalImageName(written)
    const image = { name, token: imageToken(name) }
    const digest = `sha256:${letter.repeat(64)}`
    const factId = `image.built/${image.token}/${tag}/${String((this.#pushes += 1))}`
    const at = new Date()
    const built = { image, tag, digest, ordinal, via: 'ci' as const, builtAt: null, source: null }
    const codesource = this.bench.bus('codesource')
    const chain = { factId, correlationId: factId, causes: [], announced: true, observedAt: at.toISOString() }
    const row = { ...built, ...chain, firstDigest: `sha256:${firstLetter.repeat(64)}`, moved: letter !== firstLetter }
    await codesource.records(imageRecord).put(imageKey(image.token, tag), row)
    const draft = { id: factId, token: image.token, time: at, causes: [], actor: 'service:codesource' }
    await codesource.publisher.publish(imageBuilt, { ...draft, data: built })
    return factId
  }

  considered(uid: string): Considered[] {
    return this.bench.facts.filter(
      ({ type, token }) => type.includes('image.considered') && token === uid,
    ) as Considered[]
  }

  decision(uid: string, outcome: ImageConsidered['outcome'], tag?: string, reason = /./): Promise<Considered> {
    const isWanted = ({ data }: Considered) =>
      data.outcome === outcome && (tag === undefined || data.tag === tag) && reason.test(data.reason)
    return eventually(() => this.considered(uid).find(isWanted), {
      what: `image.considered ${outcome} ${tag ?? ''} of ${uid}`,
    })
  }

  /** Waits for a release that runs an image. */
  seen(uid: string, image: string): Promise<Fact<unknown>> {
    return this.released(uid, (images) => images.includes(image))
  }

  released(uid: string, isWanted: (images: readonly string[]) => boolean = () => true): Promise<Fact<unknown>> {
    const isRelease = ({ type, token, data }: Fact<unknown>) =>
      type.includes('release.rendered') && token === uid && isWanted((data as ReleaseRendered).images)
    return eventually(() => this.bench.facts.find(isRelease), { what: `a release of ${uid}` })
  }
}
