import { healthChanged, healthRecord, type FactDraft, type HealthChanged, type HealthRecord } from '@k8or/contracts'
import type { Bus, Row } from '@k8or/jetstream'
import { withTraceparent } from '@k8or/telemetry'
import type { Announcer, HealthRows } from '../../domain/ports'

/** Facts of health, on the bus. */
export class BusAnnouncer implements Announcer {
  constructor(
    private readonly bus: Bus,
    private readonly onAnnounced: (fact: FactDraft<HealthChanged>) => void,
  ) {}

  async announce(fact: FactDraft<HealthChanged>): Promise<void> {
    await withTraceparent(fact.traceparent, async () => {
      await this.bus.publisher.publish(healthChanged, fact)
      this.onAnnounced(fact)
    })
  }
}

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
