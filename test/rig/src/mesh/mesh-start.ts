import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { startGitServer, type GitServer } from '../git/http-server'
import { startNats } from '../nats'
import type { ProcessNews } from '../process/managed-process'
import { startRedis } from '../redis'
import { Relays } from '../relay/relays'
import { allOrFirstError } from './all-or-first-error'
import { portTowards, withDetours } from './detours'
import { layOut, meshPaths, type MeshLayout } from './layout'
import type { Mesh, MeshOptions } from './mesh'
import { MeshClusters } from './mesh-clusters'
import { meshEnvironment, writeMeshEnvironment } from './mesh-environment'
import { MeshProcesses } from './mesh-processes'
import { MeshRegistry } from './mesh-registry'
import { bootstrap } from './program'

/** Starts API servers, git, Redis, NATS and the mesh; returns when the mesh is ready. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const plain = await layOut(options.dir, options.mode ?? 'standalone', options.environment, options.hub)
  const layout = options.relays ? await withDetours(plain) : plain
  const starting = new MeshStart(layout, options)
  try {
    await starting.run()
    return starting.mesh()
  } catch (error) {
    await starting.stop()
    throw error
  }
}

/** Starts the parts of a mesh in the order in which they need each other, and stops them. */
class MeshStart {
  readonly #processes: MeshProcesses
  readonly #webhookSecret: string
  readonly #began = Date.now()
  readonly #clusters: MeshClusters
  #git: GitServer | undefined
  readonly #registry: MeshRegistry | undefined
  readonly #relays = new Relays()
  #isComplete = false

  constructor(
    private readonly layout: MeshLayout,
    private readonly options: MeshOptions,
  ) {
    this.#processes = new MeshProcesses(layout, (name) => this.newsOf(name))
    this.#webhookSecret = options.hub?.webhookSecret ?? randomBytes(20).toString('hex')
    const tell = (text: string): void => this.tell(text)
    this.#clusters = new MeshClusters(layout, {
      ...options,
      ...{ webhookSecret: this.#webhookSecret, ways: this.#relays, newsOf: (name) => this.newsOf(name), tell },
    })
    if (options.registry)
      this.#registry = new MeshRegistry(layout, { token: this.#webhookSecret, news: this.newsOf('registry'), tell })
  }

  async run(): Promise<void> {
    for (const way of this.layout.detours) await this.#relays.lay(way)
    await allOrFirstError([this.startHubAndMesh(), this.#clusters.startFurther(), this.startRegistry()])
    await this.#clusters.register()
    this.#isComplete = true
    this.writeEnvironment()
    this.tell('ready')
  }

  mesh(): Mesh {
    const clusters = this.#clusters
    const environment = (): Record<string, string> => this.environment()
    return {
      get env() {
        return environment()
      },
      get hub() {
        return clusters.hub
      },
      clusters: clusters.further,
      git: this.theGit(),
      relays: this.#relays,
      processes: this.#processes.all,
      registry: () => this.theRegistry().up(),
      natsUrl: `tls://localhost:${this.layout.nats}`,
      addressOf: (service) => `https://localhost:${this.layout.services[service].mesh}`,
      kill: (name, signal) => this.#processes.kill(name, signal),
      killServices: () => this.#processes.killServices(),
      addReplica: (service) => this.#processes.addReplica(service),
      untilReady: (timeoutMs = 30_000) => this.#processes.untilReady(timeoutMs),
      stop: () => this.stop(),
    }
  }

  async stop(): Promise<void> {
    this.#isComplete = false
    await this.#registry?.stop()
    await this.#processes.stop()
    await Promise.all([this.#git?.stop(), this.#clusters.stop(), this.#relays.stop()])
  }

  /** The bus needs no cluster and the hub no bus: they start beside each other, then the mesh. */
  private async startHubAndMesh(): Promise<void> {
    await allOrFirstError([this.startHub(), this.startBus(), this.startGit()])
    await this.#processes.startServices()
    this.tell(`mesh (${this.layout.mode})`)
  }

  private async startHub(): Promise<void> {
    if (!this.options.hub) await this.#clusters.startHub()
  }

  private async startBus(): Promise<void> {
    const { layout } = this
    const paths = meshPaths(layout.dir)
    await bootstrap(layout, 'pki')
    const tls = { ca: paths.ca, cert: paths.redisCert, key: paths.redisKey }
    const nats = startNats({
      dir: paths.natsDir,
      configPath: paths.natsConfig,
      port: layout.nats,
      restart: true,
      ...this.newsOf('nats'),
    })
    const redis = startRedis({
      dir: paths.redisData,
      port: layout.redis,
      tls,
      restart: true,
      ...this.newsOf('redis'),
    })
    await allOrFirstError([
      nats.then((process) => this.#processes.keep(process)),
      redis.then(({ process }) => this.#processes.keep(process)),
    ])
    await bootstrap(layout, 'bus')
    this.tell('NATS and Redis')
  }

  private async startGit(): Promise<void> {
    this.#git = await startGitServer({ root: meshPaths(this.layout.dir).gitRoot, port: this.layout.git })
  }

  private async startRegistry(): Promise<void> {
    await this.#registry?.start()
  }

  /** Process ids are written down whenever one changes; whatever ends by itself is told, with the time. */
  private newsOf(name: string): ProcessNews {
    const tell = (text: string): void => this.options.onProgress?.(`${new Date().toISOString()} ${name} ${text}`)
    let isKnown = false
    return {
      onPid: (pid) => {
        this.writeEnvironment()
        if (isKnown) tell(`runs again as process ${String(pid)}`)
        isKnown = true
      },
      onEnd: ({ code, signal }) => tell(`ended with ${signal ?? `code ${String(code)}`} and is started again`),
    }
  }

  private environment(): Record<string, string> {
    return meshEnvironment({
      layout: this.layout,
      token: readFileSync(meshPaths(this.layout.dir).token, 'utf8').trim(),
      webhookSecret: this.#webhookSecret,
      gitUrl: `http://localhost:${String(portTowards(this.layout, 'codesource', 'git'))}`,
      ...(this.#registry ? { registry: this.#registry.access } : {}),
      clusters: this.#clusters.further,
      pids: this.#processes.pids(),
    })
  }

  private writeEnvironment(): void {
    if (this.#isComplete) writeMeshEnvironment(meshPaths(this.layout.dir).environment, this.environment())
  }

  private tell(what: string): void {
    this.options.onProgress?.(`${what} (${((Date.now() - this.#began) / 1000).toFixed(1)} s)`)
  }

  private theRegistry(): MeshRegistry {
    if (!this.#registry) throw new Error('the mesh was started without a registry')
    return this.#registry
  }

  private theGit(): GitServer {
    if (!this.#git) throw new Error('the git server has not been started')
    return this.#git
  }
}
