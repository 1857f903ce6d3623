import { healthRecord, type HealthRecord } from '@k8or/contracts'
import type { Bus, Row } from '@k8or/jetstream'
import type { HealthRows } from '../../domain/ports'

/** The record HEALTH, which InsightHub owns. */
export class BusHealthRows implements HealthRows {
  readonly #rows

  constructor(bus: Bus) {
    this.#rows = bus.records(healthRecord)
  }

  put(key: string, row: HealthRecord): Promise<number> {
    return this.#rows.put(key, row)
  }

  delete(key: string): Promise<void> {
    return this.#rows.delete(key)
  }

  /** Everything that was written before. */
  list(): Promise<Row<HealthRecord>[]> {
    return this.#rows.list()
  }
}
