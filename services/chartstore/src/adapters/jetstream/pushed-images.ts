import { imageKey, imageRecord, type ImageBuilt, type ImageRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import type { PushedImages } from '../../domain/images/ports'

/** How long rows are believed without a fact: a registry may be polled without one being said. */
const freshMs = 60_000

interface Kept {
  readonly rows: Promise<readonly ImageRecord[]>
  readonly until: number
}

/** The tags that were pushed lately, read from CodeSource's record once after each push. */
export class RecordedPushes implements PushedImages {
  readonly #records: Records<ImageRecord>
  readonly #kept = new Map<string, Kept>()
  readonly #announced = new Map<string, number>()

  constructor(bus: Bus) {
    this.#records = bus.records(imageRecord)
  }

  /** A push was announced: what was read before is old, and a record that does not know of it too. */
  expect({ image, tag, ordinal }: ImageBuilt): void {
    const key = imageKey(image.token, tag)
    this.#announced.set(key, ordinal === 1 ? 1 : Math.max(ordinal, this.#announced.get(key) ?? 0))
    this.#kept.delete(image.token)
  }

  /** @throws Later where only an old copy can be read */
  of(imageToken: string): Promise<readonly ImageRecord[]> {
    const kept = this.#kept.get(imageToken)
    if (kept && kept.until > performance.now()) return kept.rows
    const rows = this.read(imageToken)
    this.#kept.set(imageToken, { rows, until: performance.now() + freshMs })
    rows.catch(() => this.#kept.delete(imageToken))
    return rows
  }

  private async read(imageToken: string): Promise<readonly ImageRecord[]> {
    const rows = await this.#records.list(`${imageToken}.*`)
    const known = new Map(rows.map(({ key, value }) => [key, value.ordinal]))
    for (const [key, ordinal] of this.#announced) {
      if (!key.startsWith(`${imageToken}.`)) continue
      if ((known.get(key) ?? 0) < ordinal)
        throw new Later(`the record of image ${imageToken} is older than what was announced`, 50)
      this.#announced.delete(key)
    }
    return rows.map(({ value }) => value)
  }
}
