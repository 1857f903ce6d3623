import { applicationRecord, type ApplicationRecord } from '@k8or/contracts'
import type { Bus, Records, Row } from '@k8or/jetstream'

/** The record of declared applications. */
export class DeclaredApplications {
  readonly #records: Records<ApplicationRecord>

  constructor(bus: Bus) {
    this.#records = bus.records(applicationRecord)
  }

  list(): Promise<Row<ApplicationRecord>[]> {
    return this.#records.list()
  }

  get(uid: string): Promise<Row<ApplicationRecord> | undefined> {
    return this.#records.get(uid)
  }
}
