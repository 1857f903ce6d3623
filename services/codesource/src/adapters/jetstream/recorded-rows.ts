import type { RecordDefinition } from '@k8or/contracts'
import { RecordConflictError, type Bus, type Records } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import type { OwnRow, OwnRows } from '../../domain/ports'

/** A record of ours; nobody else writes it, so what was written is kept in memory. */
export class RecordedRows<Value> implements OwnRows<Value> {
  private readonly records: Records<Value>
  private readonly rows = new Map<string, OwnRow<Value>>()

  constructor(
    bus: Bus,
    private readonly definition: RecordDefinition<Value>,
  ) {
    this.records = bus.records(definition)
  }

  async load(): Promise<void> {
    for (const { key, value, revision } of await this.records.list()) this.rows.set(key, { value, number: revision })
  }

  get(key: string): Promise<OwnRow<Value> | undefined> {
    return Promise.resolve(this.rows.get(key))
  }

  list(): Promise<readonly (OwnRow<Value> & { readonly key: string })[]> {
    return Promise.resolve([...this.rows].map(([key, row]) => ({ key, ...row })))
  }

  async write(key: string, value: Value, number: number): Promise<number> {
    try {
      const written =
        number === 0 ? await this.records.create(key, value) : await this.records.update(key, value, number)
      this.rows.set(key, { value, number: written })
      return written
    } catch (error) {
      if (!(error instanceof RecordConflictError)) throw error
      await this.readAgain(key)
      throw new Later(`row ${key} of ${this.definition.bucket} was written by somebody else`, 100, { cause: error })
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
