import { imageDecisionRecord, sha256, type ImageDecisionRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import type { ImageDecisions } from '../../domain/images/ports'

/** The decisions about images in KV, and in memory too: every look asks for them. */
export class RecordedImageDecisions implements ImageDecisions {
  readonly #records: Records<ImageDecisionRecord>
  readonly #known = new Map<string, ImageDecisionRecord>()

  constructor(bus: Bus) {
    this.#records = bus.records(imageDecisionRecord)
  }

  async load(): Promise<void> {
    for (const { key, value } of await this.#records.list()) this.#known.set(key, value)
  }

  get(uid: string, alias: string): ImageDecisionRecord | undefined {
    return this.#known.get(keyOf(uid, alias))
  }

  async put(record: ImageDecisionRecord): Promise<void> {
    const key = keyOf(record.application.uid, record.alias)
    await this.#records.put(key, record)
    this.#known.set(key, record)
  }

  unsaid(): readonly ImageDecisionRecord[] {
    return [...this.#known.values()].filter(({ announced }) => !announced)
  }

  uids(): readonly string[] {
    return [...new Set([...this.#known.values()].map(({ application }) => application.uid))]
  }

  async forget(uid: string): Promise<void> {
    for (const key of [...this.#known.keys()].filter((each) => each.startsWith(`${uid}.`))) {
      await this.#records.delete(key)
      this.#known.delete(key)
    }
  }
}

function keyOf(uid: string, alias: string): string {
  return `${uid}.${sha256(alias).slice(0, 16)}`
}
