import { randomUUID } from 'node:crypto'
import { eventually, runsHealthy, valueAt, type DrivenRepository, type KubeClient, type MeshDriver } from '@k8or/rig'
import { configMap, deployment } from './manifests'

const deployments = 'apps/v1/Deployment'
const configMaps = 'v1/ConfigMap'
const containerImage = 'spec.template.spec.containers.0.image'

/** Where an application runs and where it comes from, when that is not the hub and its git server. */
export interface CountedOptions {
  readonly cluster?: { readonly client: KubeClient; readonly server: string }
  readonly repository?: DrivenRepository
  /** How many Deployments it has. */
  readonly width?: number
}

/** An application each of whose pushes changes its Deployments once, so that their generation counts how often they were changed. */
export class Counted {
  readonly #cluster: KubeClient
  readonly #names: readonly string[]
  #round = 0

  private constructor(
    readonly name: string,
    private readonly driver: MeshDriver,
    readonly repository: DrivenRepository,
    { cluster, width = 1 }: CountedOptions,
  ) {
    this.#cluster = cluster?.client ?? driver.hub
    this.#names = Array.from({ length: width }, (_, at) => `${name}-${String(at)}`)
  }

  static async start(driver: MeshDriver, name: string, options: CountedOptions = {}): Promise<Counted> {
    const { cluster, repository = await driver.repository(name) } = options
    const counted = new Counted(name, driver, repository, options)
    await repository.commit(counted.#files())
    const server = cluster ? { server: cluster.server } : {}
    await driver.declare({ name, repoUrl: repository.url, path: 'app', ...server })
    await counted.untilTold()
    return counted
  }

  /**
   * Commits the next change and tells the mesh, again and again as git hosts do, until it takes the webhook: that is what
   * the answer waits for.
   */
  async push(): Promise<{ readonly commit: string; readonly taken: Promise<unknown> }> {
    this.#round += 1
    const push = await this.repository.commit(this.#files())
    const delivery = randomUUID()
    const tell = () => this.repository.tell(push, delivery).then(() => true)
    return { commit: push.after, taken: eventually(tell, { timeoutMs: 90_000, stepMs: 250, what: 'the webhook' }) }
  }

  /** Pushes, and waits until the webhook is taken; answers the commit. */
  async pushed(): Promise<string> {
    const { commit, taken } = await this.push()
    await taken
    return commit
  }

  /** Changes by hand what no push changes. */
  async drift(): Promise<void> {
    await this.#cluster.patch(configMaps, `default/${this.name}`, { data: { value: 'by hand' } })
  }

  /** Waits until what was changed by hand is put back. */
  async untilPutBack(timeoutMs = 60_000): Promise<void> {
    const isBack = (object: unknown): boolean => valueAt(object, 'data.value') === 'git'
    await this.#cluster.watchUntil(configMaps, `default/${this.name}`, isBack, timeoutMs)
  }

  /** Waits until the first object of the last push is changed. */
  async untilBegun(timeoutMs = 60_000): Promise<void> {
    await this.#untilChanged(this.#names.slice(0, 1), timeoutMs)
  }

  /** Waits until the last push is applied. */
  async untilApplied(timeoutMs = 60_000): Promise<void> {
    await this.#untilChanged(this.#names, timeoutMs)
  }

  /** Waits until the Application tells that all is well. */
  async untilTold(timeoutMs = 60_000): Promise<void> {
    await this.driver.application(this.name, (one) => runsHealthy(one), timeoutMs)
  }

  /** Whether neither the last push nor what was changed by hand has been touched. */
  async isUntouched(): Promise<boolean> {
    const [object, drifted] = await Promise.all([
      this.#cluster.get(deployments, `default/${this.#names[0] ?? ''}`),
      this.#cluster.get(configMaps, `default/${this.name}`),
    ])
    return valueAt(object, containerImage) !== this.#image && valueAt(drifted, 'data.value') === 'by hand'
  }

  /** How often objects were changed besides once by each push. */
  async surplus(): Promise<number> {
    const objects = await Promise.all(this.#names.map((name) => this.#cluster.get(deployments, `default/${name}`)))
    const changes = objects.map((object) => Number(object?.metadata.generation) - 1 - this.#round)
    return changes.reduce((total, one) => total + one, 0)
  }

  async #untilChanged(names: readonly string[], timeoutMs: number): Promise<void> {
    const isNew = (object: unknown): boolean => valueAt(object, containerImage) === this.#image
    await Promise.all(names.map((name) => this.#cluster.watchUntil(deployments, `default/${name}`, isNew, timeoutMs)))
  }

  get #image(): string {
    return `shop/${this.name}:${String(this.#round)}`
  }

  #files(): Record<string, string> {
    const file = (name: string): [string, string] => [`app/${name}.yaml`, deployment(name, this.#image, 0)]
    return { ...Object.fromEntries(this.#names.map(file)), 'app/c.yaml': configMap(this.name, 'git') }
  }
}
