import {
  releaseKey,
  releaseRecord,
  releaseRendered,
  sha256,
  type ApplicationRecord,
  type ReleaseRecord,
} from '@k8or/contracts'
import { Releases } from '@k8or/contracts/rpc/chartstore/v1/releases'
import type { Bus } from '@k8or/jetstream'
import type { CallRoutes } from '@k8or/rpc'

/** Says what ChartStore would say, for specs of what SyncMaster makes of it. */
export class ReleaseDesk {
  readonly #manifests = new Map<string, Uint8Array>()
  readonly #numbers = new Map<string, number>()
  readonly #tokens = new Map<string, string>()

  constructor(
    private readonly bus: Bus,
    calls: { serve(service: 'chartstore', routes: CallRoutes): void },
  ) {
    calls.serve('chartstore', (router) => {
      router.service(Releases, {
        getRelease: ({ applicationUid, number }) => ({
          manifests: this.#manifests.get(`${applicationUid}/${number}`) ?? new Uint8Array(),
        }),
        listReleases: ({ applicationUid }) => ({
          releases: [...this.#manifests.keys()]
            .filter((key) => key.startsWith(`${applicationUid}/`))
            .map((key) => ({ number: BigInt(key.slice(key.indexOf('/') + 1)) }))
            .toReversed(),
        }),
      })
    })
  }

  /** Stores a release and announces it; answers its record. */
  async publish(
    application: ApplicationRecord,
    objects: readonly object[],
    more: Partial<ReleaseRecord> = {},
  ): Promise<ReleaseRecord> {
    const { ref, specDigest, token } = application
    const release = (this.#numbers.get(ref.uid) ?? 0) + 1
    this.#numbers.set(ref.uid, release)
    this.#tokens.set(ref.uid, token)
    const manifests = new TextEncoder().encode(JSON.stringify(objects))
    this.#manifests.set(`${ref.uid}/${release}`, manifests)
    const digest = sha256(manifests)
    const revision = sha256(`${digest} ${release}`).slice(0, 40)
    const sources = application.sources.map(({ repoURL, path, targetRevision }) => ({
      ...{ repoURL, path, targetRevision, revision },
      tree: digest.slice(0, 40),
    }))
    const factId = `release.rendered/${ref.uid}/${release}`
    const said = {
      application: ref,
      release,
      digest,
      inputDigest: digest,
      sources,
      objects: objects.length,
      images: [],
    }
    const record = releaseRecord.schema.parse({
      ...{ ...said, specDigest, factId, correlationId: factId, renderedAt: new Date().toISOString() },
      ...more,
    })
    await this.bus.records(releaseRecord).put(releaseKey(ref.uid, release), record)
    await this.store(record)
    if (record.problems.length === 0) await this.announce(record)
    return record
  }

  /** Announces a release, perhaps once more under another id. */
  async announce(record: ReleaseRecord, again = ''): Promise<void> {
    const { application, release, digest, inputDigest, sources, objects, images, factId } = record
    const data = { application, release, digest, inputDigest, sources, objects, images, warnings: [] }
    const token = this.#tokens.get(application.uid) ?? ''
    const draft = { id: `${factId}${again}`, token, time: new Date(), causes: [], actor: 'service:chartstore' }
    await this.bus.publisher.publish(releaseRendered, { ...draft, data })
  }

  /** Changes the newest row without a fact. */
  async store(record: ReleaseRecord): Promise<void> {
    await this.bus.records(releaseRecord).put(releaseKey(record.application.uid), record)
  }
}
