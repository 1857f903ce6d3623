import { bucketCount, bucketOf, leaseRecord } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { eventually, runsHealthy, valueAt, type DrivenRepository, type MeshDriver } from '@k8or/rig'
import { configMap } from './manifests'

const image = (version: number): string => `shop/fleet:${String(version)}`

/** A Deployment without pods: its generation tells how often it was changed. */
function counter(name: string, version: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 0
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "${image(version)}" }] }
`
}

/** Applications of one repository, so that each push is a release of all of them. */
export class Fleet {
  #version = 0
  #commit = ''

  private constructor(
    private readonly driver: MeshDriver,
    private readonly repository: DrivenRepository,
    readonly names: readonly string[],
    private readonly objects: number,
  ) {}

  /** Declares so many applications of so many ConfigMaps and a Deployment each, and waits until they run. */
  static async start(driver: MeshDriver, name: string, size: number, objects = 1): Promise<Fleet> {
    const names = Array.from({ length: size }, (_, index) => `${name}-${String(index)}`)
    const fleet = new Fleet(driver, await driver.repository(name), names, objects)
    fleet.#commit = (await fleet.repository.commit(fleet.files(1))).after
    fleet.#version = 1
    for (const each of names) await driver.declare({ name: each, repoUrl: fleet.repository.url, path: each })
    await fleet.run()
    return fleet
  }

  get version(): number {
    return this.#version
  }

  /** Pushes the next version. */
  async push(): Promise<void> {
    this.#version += 1
    this.#commit = await this.repository.push(this.files(this.#version))
  }

  /** Waits until what was pushed last is applied everywhere. */
  async applied(timeoutMs = 120_000): Promise<void> {
    const isNew = (object: unknown): boolean =>
      valueAt(object, 'spec.template.spec.containers.0.image') === image(this.#version)
    await Promise.all(
      this.names.map((name) => this.driver.hub.watchUntil('apps/v1/Deployment', `default/${name}`, isNew, timeoutMs)),
    )
  }

  /** Waits until all applications are in sync with what was pushed last, and healthy. */
  async run(timeoutMs = 120_000): Promise<void> {
    for (const name of this.names)
      await this.driver.application(name, (application) => runsHealthy(application, this.#commit), timeoutMs)
  }

  /** How often each Deployment was changed since it was made, besides the making. */
  async generations(): Promise<number[]> {
    const read = (name: string) => this.driver.hub.get('apps/v1/Deployment', `default/${name}`)
    return (await Promise.all(this.names.map(read))).map((object) => object?.metadata.generation ?? 0)
  }

  /** The version of every object on the cluster: it changes with any change. */
  async resourceVersions(): Promise<Record<string, string>> {
    const keys = this.names.flatMap((name) => [
      `apps/v1/Deployment default/${name}`,
      ...this.configMaps(name).map((one) => `v1/ConfigMap default/${one}`),
    ])
    const versions = keys.map(async (key) => {
      const [type = '', path = ''] = key.split(' ')
      return [key, (await this.driver.hub.get(type, path))?.metadata.resourceVersion ?? 'absent'] as const
    })
    return Object.fromEntries(await Promise.all(versions))
  }

  /** The ConfigMaps of an application; they are applied before its Deployment. */
  configMaps(name: string): string[] {
    return Array.from({ length: this.objects }, (_, index) => `${name}-${String(index)}`)
  }

  private files(version: number): Record<string, string> {
    const of = (name: string): [string, string][] => [
      [`${name}/deployment.yaml`, counter(name, version)],
      ...this.configMaps(name).map(
        (one) => [`${name}/${one}.yaml`, configMap(one, String(version))] as [string, string],
      ),
    ]
    return Object.fromEntries(this.names.flatMap(of))
  }
}

/** Who holds which buckets of applications. */
export class Holders {
  constructor(private readonly bus: Bus) {}

  /** How many buckets each holder has. */
  async counts(): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    for (const { value } of await this.rows()) counts.set(value.holder, (counts.get(value.holder) ?? 0) + 1)
    return counts
  }

  /** Who owns an application; undefined while nobody does. */
  async of(uid: string): Promise<string | undefined> {
    return (await this.rows()).find(({ key }) => key === `bucket.${String(bucketOf(uid))}`)?.value.holder
  }

  /** Waits until so many share all buckets; answers them. */
  async shared(between: number, timeoutMs = 120_000): Promise<string[]> {
    const fair = Math.floor(bucketCount / between)
    const look = async (): Promise<string[] | undefined> => {
      const counts = await this.counts()
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const isFair = counts.size === between && all === bucketCount && Math.min(...counts.values()) >= fair
      return isFair ? [...counts.keys()] : undefined
    }
    return eventually(look, { timeoutMs, stepMs: 50, what: `${String(between)} holders of all buckets` })
  }

  private rows() {
    return this.bus.records(leaseRecord).list('bucket.>')
  }
}
