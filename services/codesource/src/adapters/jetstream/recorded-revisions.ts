import { revisionRecord, type RevisionRecord } from '@k8or/contracts'
import { RecordConflictError, type Bus, type Records } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import type { RevisionRow, Revisions } from '../../domain/ports'

/** The record of followed revisions; nobody else writes it, so what was written is kept in memory. */
export class RecordedRevisions implements Revisions {
  private readonly records: Records<RevisionRecord>
  private readonly rows = new Map<string, RevisionRow>()

  constructor(bus: Bus) {
    this.records = bus.records(revisionRecord)
  }

  async load(): Promise<void> {
    for (const { key, value, revision } of await this.records.list()) this.rows.set(key, { value, number: revision })
  }

  get(key: string): Promise<RevisionRow | undefined> {
    return Promise.resolve(this.rows.get(key))
  }

  list(): Promise<readonly (RevisionRow & { readonly key: string })[]> {
    return Promise.resolve([...this.rows].map(([key, row]) => ({ key, ...row })))
  }

  async write(key: string, value: RevisionRecord, number: number): Promise<number> {
    try {
      const written =
        number === 0 ? await this.records.create(key, value) : await this.records.update(key, value, number)
      this.rows.set(key, { value, number: written })
      return written
    } catch (error) {
      if (!(error instanceof RecordConflictError)) throw error
      await this.readAgain(key)
      throw new Later(`the record of ${value.repository.url} was written by somebody else`, 100, { cause: error })
    }
  }

  async delete(key: string): Promise<void> {
    await this.records.delete(key)
    this.rows.delete(key)
  }

  private async readAgain(key: string): Promise<void> {
    const row = await this.records.get(key)
    if (row) this.rows.set(key, { value: row.value, number: row.revision })
    else this.rows.delete(key)
  }
}
