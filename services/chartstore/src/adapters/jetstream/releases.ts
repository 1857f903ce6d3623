import { manifestStore, releaseKey, releaseRecord, type ReleaseRecord } from '@k8or/contracts'
import { RecordConflictError, type Blobs, type Bus, type Records } from '@k8or/jetstream'
import type { Releases } from '../../domain/ports'

/**
 * The release index in KV and the manifests in the object store. The newest rows are kept in memory too: a push to a
 * repository of hundreds of applications must not cost a question each.
 */
export class StoredReleases implements Releases {
  readonly #records: Records<ReleaseRecord>
  readonly #blobs: Blobs
  readonly #latest = new Map<string, ReleaseRecord>()

  constructor(bus: Bus) {
    this.#records = bus.records(releaseRecord)
    this.#blobs = bus.blobs(manifestStore.bucket)
  }

  /** Reads the newest release of every application; answers those whose fact may never have been stored. */
  async load(): Promise<ReleaseRecord[]> {
    for (const { value } of await this.#records.list('*.latest')) this.#latest.set(value.application.uid, value)
    return [...this.#latest.values()].filter(({ announced }) => !announced)
  }

  latest(uid: string): Promise<ReleaseRecord | undefined> {
    return Promise.resolve(this.#latest.get(uid))
  }

  async get(uid: string, release: number): Promise<ReleaseRecord | undefined> {
    return (await this.#records.get(releaseKey(uid, release)))?.value
  }

  async create(uid: string, record: ReleaseRecord): Promise<boolean> {
    try {
      await this.#records.create(releaseKey(uid, record.release), record)
      return true
    } catch (error) {
      if (error instanceof RecordConflictError) return false
      throw error
    }
  }

  async putLatest(uid: string, record: ReleaseRecord): Promise<void> {
    await this.#records.put(releaseKey(uid), record)
    this.#latest.set(uid, record)
  }

  async list(uid: string): Promise<ReleaseRecord[]> {
    const rows = await this.#records.list(`${uid}.*`)
    const numbered = rows.filter(({ key }) => !key.endsWith('.latest')).map(({ value }) => value)
    return numbered.sort((one, other) => other.release - one.release)
  }

  storeManifests(digest: string, manifests: string): Promise<void> {
    return this.#blobs.put(digest, Buffer.from(manifests))
  }

  manifests(digest: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(digest)
  }
}
