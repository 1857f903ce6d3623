import { revisionRecord, type RevisionRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import type { Revisions } from '../../domain/ports'

/** What followed revisions resolve to, read from CodeSource's record at each question. */
export class RecordedRevisions implements Revisions {
  readonly #records: Records<RevisionRecord>
  readonly #announced = new Map<string, number>()

  constructor(bus: Bus) {
    this.#records = bus.records(revisionRecord)
  }

  /** An observation was announced: a record that does not know of it is an old copy. The first one begins anew. */
  expect(key: string, ordinal: number): void {
    this.#announced.set(key, ordinal === 1 ? 1 : Math.max(ordinal, this.#announced.get(key) ?? 0))
  }

  /** @throws Later where only an old copy can be read */
  async get(key: string): Promise<RevisionRecord | undefined> {
    const value = (await this.#records.get(key))?.value
    if (value && value.ordinal < (this.#announced.get(key) ?? 0))
      throw new Later(`the record of ${value.repository.url} is older than what was announced`, 50)
    return value
  }
}
