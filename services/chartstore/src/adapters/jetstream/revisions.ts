import { revisionRecord, type RevisionRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import type { Revisions } from '../../domain/ports'

/** What followed revisions resolve to, read from CodeSource's record at each question. */
export class RecordedRevisions implements Revisions {
  readonly #records: Records<RevisionRecord>

  constructor(bus: Bus) {
    this.#records = bus.records(revisionRecord)
  }

  async get(key: string): Promise<RevisionRecord | undefined> {
    return (await this.#records.get(key))?.value
  }
}
