import { applicationRecord, type ApplicationRecord } from '@k8or/contracts'
import type { Bus, Records, Row, RowChange } from '@k8or/jetstream'

/** The declared applications. */
export class Applications {
  private readonly records: Records<ApplicationRecord>
  private readonly watching = new AbortController()

  constructor(bus: Bus) {
    this.records = bus.records(applicationRecord)
  }

  get(uid: string): Promise<Row<ApplicationRecord> | undefined> {
    return this.records.get(uid)
  }

  /** Tells what there is, then what changes; resolves when all there is has been told. */
  watch(onChange: (change: RowChange<ApplicationRecord>) => void): Promise<void> {
    return this.records.watch(onChange, { signal: this.watching.signal })
  }

  stop(): void {
    this.watching.abort()
  }
}
