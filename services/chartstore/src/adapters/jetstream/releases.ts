import { manifestStore, releaseKey, releaseRecord, type ReleaseRecord } from '@k8or/contracts'
import { RecordConflictError, type Blobs, type Bus, type Records } from '@k8or/jetstream'
import type { Releases } from '../../domain/ports'
import type { Archive, ArchivedRelease } from '../../domain/retention/archive'
import { shelveReads, takeReads, type Shelf } from './shelved-reads'

/**
 * The release index in KV and the manifests in the object store. The newest rows are kept in memory too: a push to a
 * repository of hundreds of applications must not cost a question each.
 */
export class StoredReleases implements Releases, Archive {
  readonly #records: Records<ReleaseRecord>
  readonly #blobs: Blobs
  readonly #latest = new Map<string, ReleaseRecord>()
  /** What was stored since the rows were last read, and since the time before: a release in the making has no row yet. */
  #stored: [now: Set<string>, before: Set<string>] = [new Set(), new Set()]
  readonly #shelf: Shelf = {
    put: (digest, text) => this.storeManifests(digest, text),
    get: (digest) => this.manifests(digest),
  }
  readonly #removing = new Map<string, Promise<boolean>>()

  constructor(bus: Bus) {
    this.#records = bus.records(releaseRecord)
    this.#blobs = bus.blobs(manifestStore.bucket)
  }

  /** Reads the newest release of every application; answers those whose fact may never have been stored. */
  async load(): Promise<ReleaseRecord[]> {
    for (const { value } of await this.#records.list('*.latest'))
      this.#latest.set(value.application.uid, await takeReads(value, this.#shelf))
    return [...this.#latest.values()].filter(({ announced }) => !announced)
  }

  latest(uid: string): Promise<ReleaseRecord | undefined> {
    return Promise.resolve(this.#latest.get(uid))
  }

  async get(uid: string, release: number): Promise<ReleaseRecord | undefined> {
    const row = await this.#records.get(releaseKey(uid, release))
    return row && takeReads(row.value, this.#shelf)
  }

  async create(uid: string, record: ReleaseRecord): Promise<boolean> {
    try {
      await this.#records.create(releaseKey(uid, record.release), await shelveReads(record, this.#shelf))
      return true
    } catch (error) {
      if (error instanceof RecordConflictError) return false
      throw error
    }
  }

  async putLatest(uid: string, record: ReleaseRecord): Promise<void> {
    const row = await shelveReads(record, this.#shelf)
    await this.#records.put(releaseKey(uid), row)
    this.#latest.set(uid, { ...record, readsDigest: row.readsDigest })
  }

  async list(uid: string): Promise<ReleaseRecord[]> {
    const rows = await this.#records.list(`${uid}.*`)
    const numbered = rows.filter(({ key }) => !key.endsWith('.latest')).map(({ value }) => value)
    return numbered.sort((one, other) => other.release - one.release)
  }

  async storeManifests(digest: string, manifests: string): Promise<void> {
    this.#stored[0].add(digest)
    await this.#removing.get(digest)
    await this.#blobs.put(digest, Buffer.from(manifests))
  }

  manifests(digest: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(digest)
  }

  async rows(): Promise<ArchivedRelease[]> {
    this.#stored = [new Set(), this.#stored[0]]
    const rows = await this.#records.list()
    return rows.map(({ key, value: { application, release, digest, readsDigest } }) => ({
      ...{ application, release, digest, readsDigest },
      isNewest: key === releaseKey(application.uid),
    }))
  }

  remove(uid: string, release: number): Promise<void> {
    return this.#records.delete(releaseKey(uid, release))
  }

  async forget(uid: string): Promise<void> {
    this.#latest.delete(uid)
    for (const { key } of await this.#records.list(`${uid}.*`)) await this.#records.delete(key)
  }

  digests(): Promise<string[]> {
    return this.#blobs.keys()
  }

  async removeManifests(digest: string): Promise<boolean> {
    if (this.#stored.some((digests) => digests.has(digest))) return false
    const removing = this.#blobs.delete(digest).finally(() => this.#removing.delete(digest))
    this.#removing.set(digest, removing)
    return removing
  }
}
