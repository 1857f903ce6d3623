import type { Announcer, EventDefinition, FactDraft } from '@k8or/contracts'
import type { PublishedFact, Publisher } from '@k8or/jetstream'
import { withTraceparent } from '@k8or/telemetry'

/** Announces each fact in the trace of what it follows from, whoever's turn it is. */
export class TracedAnnouncer implements Announcer<'insighthub'> {
  constructor(private readonly publisher: Publisher) {}

  publish<Data>(event: EventDefinition<Data, 'insighthub'>, draft: FactDraft<Data>): Promise<PublishedFact> {
    return withTraceparent(draft.traceparent, () => this.publisher.publish(event, draft))
  }
}
