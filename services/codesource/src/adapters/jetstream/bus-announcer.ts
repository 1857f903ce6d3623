import type { EventDefinition, FactDraft } from '@k8or/contracts'
import type { Publisher } from '@k8or/jetstream'
import type { Announcer } from '../../domain/ports'

/** Announces CodeSource's facts on the bus. */
export class BusAnnouncer implements Announcer {
  constructor(private readonly publisher: Publisher) {}

  async announce<Data>(event: EventDefinition<Data, 'codesource'>, draft: FactDraft<Data>) {
    const { duplicate } = await this.publisher.publish(event, draft)
    return { wasThere: duplicate }
  }
}
