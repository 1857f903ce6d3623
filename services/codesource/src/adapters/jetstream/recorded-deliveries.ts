import { deliveryRecord, type DeliveryRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
import type { TakenDeliveries } from '../../domain/ports'

/** The deliveries of the last days. */
export class RecordedDeliveries implements TakenDeliveries {
  private readonly records: Records<DeliveryRecord>

  constructor(bus: Bus) {
    this.records = bus.records(deliveryRecord)
  }

  async takenAt(key: string): Promise<Date | undefined> {
    const row = await this.records.get(key)
    return row && new Date(row.value.receivedAt)
  }

  async remember(key: string, factId: string, at: Date): Promise<void> {
    await this.records.put(key, { factId, receivedAt: at.toISOString() })
  }
}
