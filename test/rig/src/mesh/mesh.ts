import type { ServiceName } from '@k8or/contracts'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../eventually'
import { startGitServer, type GitServer } from '../git/http-server'
import { startFleet, startKube, type KubeOptions, type KubeServer } from '../kube/kube-server'
import { writeKubeconfig, type KubeConnection } from '../kube/kubeconfig'
import { startNats } from '../nats'
import type { ManagedProcess, ProcessNews } from '../process/managed-process'
import { startRedis } from '../redis'
import { Relays } from '../relay/relays'
import type { RegistryAccess } from '../registry/registry-client'
import { freePort } from '../free-port'
import { portTowards, withDetours } from './detours'
import { prepareHub, registerCluster } from './hub'
import { layOut, meshPaths, type MeshLayout, type MeshMode } from './layout'
import { meshEnvironment, writeMeshEnvironment } from './mesh-environment'
import { MeshRegistry } from './mesh-registry'
import { bootstrap, isMeshReady, meshProcess, meshProcessNames } from './program'
import { replicaProcess } from './replica'

/** What kind of mesh to start, and where its state is. */
export interface MeshOptions {
  readonly dir: string
  readonly mode?: MeshMode
  /** API servers besides the hub. */
  readonly clusters?: number
  readonly nodes?: number
  /** Whether there is an OCI registry that tells the mesh of pushes; one that is not built yet comes up later. */
  readonly registry?: boolean
  /** Whether a relay stands on every way between two parts, so that it can be cut. */
  readonly relays?: boolean
  /** A hub that the caller has prepared by `prepareHub`, in place of one that is started. */
  readonly hub?: PreparedHub
  readonly kubelet?: KubeOptions['kubelet']
  /** Settings of the mesh's processes, such as K8OR_POLL_INTERVAL_MS. */
  readonly environment?: Readonly<Record<string, string>>
  readonly onProgress?: (text: string) => void
}

/** A cluster of somebody else to declare Applications on. */
export interface PreparedHub {
  readonly kubeconfig: string
  readonly namespace: string
  readonly webhookSecret: string
}

/** A whole mesh on real servers; whatever is killed comes back. */
export interface Mesh {
  /** The values of `mesh.env` as they are now. */
  readonly env: Readonly<Record<string, string>>
  readonly hub: KubeServer
  readonly clusters: readonly KubeServer[]
  readonly git: GitServer
  /** The relays, where the mesh was started with them. */
  readonly relays: Relays
  /** By name: `standalone` or each service, `nats`, `redis`. */
  readonly processes: ReadonlyMap<string, ManagedProcess>
  /** The registry, once it is up. */
  registry(): Promise<RegistryAccess>
  /** Where NATS listens, for whoever shows a certificate of the mesh. */
  readonly natsUrl: string
  /** Where a service takes the calls of the others. */
  addressOf(service: ServiceName): string
  /** Kills a process of the mesh, which then comes back. */
  kill(name: string, signal?: NodeJS.Signals): void
  /** Starts one more process of a service; its name is `<service>-<number>`. */
  addReplica(service: ServiceName): Promise<ManagedProcess>
  /** Kills all services, in as many processes as they run; all come back. */
  killServices(): void
  /** Waits until every process of the mesh says that it is ready. */
  untilReady(timeoutMs?: number): Promise<void>
  stop(): Promise<void>
}

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

class MeshStart {
  readonly #processes = new Map<string, ManagedProcess>()
  /** Those of the mesh itself. */
  readonly #services: ManagedProcess[] = []
  readonly #webhookSecret: string
  readonly #began = Date.now()
  #hub: KubeServer | undefined
  #clusters: KubeServer[] = []
  #git: GitServer | undefined
  readonly #registry: MeshRegistry | undefined
  readonly #relays = new Relays()
  #isComplete = false

  constructor(
    private readonly layout: MeshLayout,
    private readonly options: MeshOptions,
  ) {
    this.#webhookSecret = options.hub?.webhookSecret ?? randomBytes(20).toString('hex')
    const tell = (text: string): void => this.tell(text)
    if (options.registry)
      this.#registry = new MeshRegistry(layout, { token: this.#webhookSecret, news: this.newsOf('registry'), tell })
  }

  async run(): Promise<void> {
    for (const way of this.layout.detours) await this.#relays.lay(way)
    await allOrFirstError([this.startHubAndMesh(), this.startClusters(), this.startRegistry()])
    for (const cluster of this.#clusters) await registerCluster(this.theHub().client, await this.detourTo(cluster))
    this.#isComplete = true
    this.writeEnvironment()
    this.tell('ready')
  }

  mesh(): Mesh {
    const theHub = (): KubeServer => this.theHub()
    const environment = (): Record<string, string> => this.environment()
    return {
      get env() {
        return environment()
      },
      get hub() {
        return theHub()
      },
      clusters: this.#clusters,
      git: this.theGit(),
      relays: this.#relays,
      processes: this.#processes,
      registry: () => this.theRegistry().up(),
      natsUrl: `tls://localhost:${this.layout.nats}`,
      addressOf: (service) => `https://localhost:${this.layout.services[service].mesh}`,
      kill: (name, signal) => this.process(name).kill(signal),
      killServices: () => this.#services.forEach((process) => process.kill()),
      addReplica: (service) => this.addReplica(service),
      untilReady: (timeoutMs = 30_000) => this.untilReady(timeoutMs),
      stop: () => this.stop(),
    }
  }

  async stop(): Promise<void> {
    this.#isComplete = false
    await this.#registry?.stop()
    const bus = ['nats', 'redis'].flatMap((name) => this.#processes.get(name) ?? [])
    for (const processes of [this.#services, bus]) await Promise.all(processes.map((process) => process.stop()))
    const servers = [this.#git, this.#hub, ...this.#clusters].filter((server) => server !== undefined)
    await Promise.all([...servers.map((server) => server.stop()), this.#relays.stop()])
  }

  /** The bus needs no cluster and the hub no bus: they start beside each other, then the mesh. */
  private async startHubAndMesh(): Promise<void> {
    await allOrFirstError([this.startHub(), this.startBus(), this.startGit()])
    await this.startServices()
  }

  private async startHub(): Promise<void> {
    if (this.options.hub) return
    this.#hub = await startKube({
      ...this.kubeOptions(),
      name: 'hub',
      dir: join(meshPaths(this.layout.dir).kube, 'hub'),
      newsOf: (process) => this.newsOf(`${process} of the hub`),
    })
    await prepareHub(this.#hub.client, this.#webhookSecret)
    if (this.options.relays)
      writeKubeconfig(meshPaths(this.layout.dir).relayedHubKubeconfig, await this.detourTo(this.#hub))
    this.tell('hub API server')
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
    await allOrFirstError([nats.then((process) => this.keep(process)), redis.then(({ process }) => this.keep(process))])
    await bootstrap(layout, 'bus')
    this.tell('NATS and Redis')
  }

  private async startGit(): Promise<void> {
    this.#git = await startGitServer({ root: meshPaths(this.layout.dir).gitRoot, port: this.layout.git })
  }

  private async startRegistry(): Promise<void> {
    await this.#registry?.start()
  }

  private async startServices(): Promise<void> {
    const processes = meshProcessNames(this.layout).map((name) => meshProcess(this.layout, name, this.newsOf(name)))
    await allOrFirstError(processes.map((process) => this.startService(process)))
    this.tell(`mesh (${this.layout.mode})`)
  }

  private async addReplica(service: ServiceName): Promise<ManagedProcess> {
    const count = this.#services.filter(({ name }) => name === service || name.startsWith(`${service}-`)).length
    const name = `${service}-${count + 1}`
    return this.startService(await replicaProcess(this.layout, service, name, this.newsOf(name)))
  }

  private startService(process: ManagedProcess): Promise<ManagedProcess> {
    this.keep(process)
    this.#services.push(process)
    return process.start()
  }

  private async startClusters(): Promise<void> {
    const names = Array.from({ length: this.options.clusters ?? 0 }, (_, index) => `cluster-${index + 1}`)
    this.#clusters = await startFleet(names, { ...this.kubeOptions(), dir: meshPaths(this.layout.dir).kube })
    if (names.length) this.tell(`${names.length} further API server${names.length > 1 ? 's' : ''}`)
  }

  /** How the mesh reaches a cluster: through a relay, where there are any. */
  private async detourTo(cluster: KubeConnection): Promise<KubeConnection> {
    if (!this.layout.detours.length) return cluster
    const [port, target] = [await freePort(), Number(new URL(cluster.url).port)]
    await this.#relays.lay({ from: 'accesspoint', to: cluster.name, port, target })
    return { ...cluster, url: `https://localhost:${String(port)}` }
  }

  private kubeOptions(): Omit<KubeOptions, 'dir'> {
    const { nodes = 2, kubelet } = this.options
    return { nodes, restart: true, ...(kubelet ? { kubelet } : {}) }
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

  private keep(process: ManagedProcess): void {
    this.#processes.set(process.name, process)
  }

  private process(name: string): ManagedProcess {
    const found = this.#processes.get(name)
    if (!found) throw new Error(`no process is called ${name}: there are ${[...this.#processes.keys()].join(', ')}`)
    return found
  }

  private async untilReady(timeoutMs: number): Promise<void> {
    for (const name of meshProcessNames(this.layout))
      await eventually(() => isMeshReady(this.layout, name), { timeoutMs, what: `${name} ready` })
  }

  private environment(): Record<string, string> {
    return meshEnvironment({
      layout: this.layout,
      token: readFileSync(meshPaths(this.layout.dir).token, 'utf8').trim(),
      webhookSecret: this.#webhookSecret,
      gitUrl: `http://localhost:${String(portTowards(this.layout, 'codesource', 'git'))}`,
      ...(this.#registry ? { registry: this.#registry.access } : {}),
      clusters: this.#clusters,
      pids: [...this.#processes.values()].map((process) => process.pid),
    })
  }

  private writeEnvironment(): void {
    if (this.#isComplete) writeMeshEnvironment(meshPaths(this.layout.dir).environment, this.environment())
  }

  private tell(what: string): void {
    this.options.onProgress?.(`${what} (${((Date.now() - this.#began) / 1000).toFixed(1)} s)`)
  }

  private theHub(): KubeServer {
    if (!this.#hub) throw new Error('the hub was not started here')
    return this.#hub
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

/** Waits for all, so that nothing starts behind the back of a stop, and then fails with the first failure. */
async function allOrFirstError(work: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
