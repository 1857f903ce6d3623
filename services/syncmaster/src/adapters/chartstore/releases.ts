import { releaseKey, releaseRecord, type ReleaseRecord } from '@k8or/contracts'
import { Releases as ReleasesService } from '@k8or/contracts/rpc/chartstore/v1/releases'
import type { Bus, Records } from '@k8or/jetstream'
import type { KubeObject } from '@k8or/kube-objects'
import type { Calls } from '@k8or/rpc'
import { z } from 'zod'
import type { Releases } from '../../domain/ports'

const Manifests = z.array(
  z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({ name: z.string() }),
  }),
)

/** How long a changed row may wait for its fact, which brings the trace along. */
const factWithinMs = 50

/** The releases of ChartStore: which one is the newest from its record, their content by a call. */
export class ChartStoreReleases implements Releases {
  readonly #records: Records<ReleaseRecord>
  readonly #client
  /** The version of each application's newest row that was read. */
  readonly #read = new Map<string, number>()
  /** What the rows said last: that counts while the bus is away, so that drift is put back all the same. */
  readonly #newest = new Map<string, ReleaseRecord>()
  /** The earlier release of each application that was read last: the one where it is held. */
  readonly #earlier = new Map<string, ReleaseRecord>()

  constructor(
    private readonly bus: Bus,
    calls: Calls,
    private readonly onChange: (application: string) => void,
  ) {
    this.#records = bus.records(releaseRecord)
    this.#client = calls.to('chartstore', ReleasesService)
  }

  /** Follows the rows: a commit that an application was not touched by changes its row without a fact. */
  start(signal: AbortSignal): Promise<void> {
    let isLive = false
    const following = this.#records.watch(
      ({ key, value, revision }) => {
        this.#learn(applicationOf(key), value)
        if (isLive) setTimeout(() => this.#tell(key, revision, signal), factWithinMs)
      },
      { signal, filter: releaseKey('*') },
    )
    return following.then(() => {
      isLive = true
    })
  }

  async latest(application: string): Promise<ReleaseRecord | undefined> {
    const newest = this.bus.isConnected() ? await this.#readNewest(application) : this.#newest.get(application)
    return newest?.release === 0 && newest.problems.length === 0 ? undefined : newest
  }

  async get(application: string, release: number): Promise<ReleaseRecord | undefined> {
    const known = this.#earlier.get(application)
    if (!this.bus.isConnected() && known?.release === release) return known
    const row = await this.#records.get(releaseKey(application, release))
    if (row) this.#earlier.set(application, row.value)
    return row?.value
  }

  async kept(application: string, signal: AbortSignal): Promise<number[]> {
    const { releases } = await this.#client.listReleases({ applicationUid: application }, { signal })
    return releases.map(({ number }) => Number(number))
  }

  async manifests(release: ReleaseRecord, signal: AbortSignal): Promise<KubeObject[]> {
    const asked = { applicationUid: release.application.uid, number: BigInt(release.release) }
    const { manifests } = await this.#client.getRelease(asked, { signal })
    return Manifests.parse(JSON.parse(new TextDecoder().decode(manifests)))
  }

  async #readNewest(application: string): Promise<ReleaseRecord | undefined> {
    const row = await this.#records.get(releaseKey(application))
    if (row) this.#read.set(application, row.revision)
    return row?.value
  }

  #learn(application: string, newest: ReleaseRecord | null): void {
    if (newest) this.#newest.set(application, newest)
    else for (const known of [this.#newest, this.#earlier, this.#read]) known.delete(application)
  }

  #tell(key: string, revision: number, signal: AbortSignal): void {
    const application = applicationOf(key)
    if (!signal.aborted && (this.#read.get(application) ?? 0) < revision) this.onChange(application)
  }
}

function applicationOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'))
}
