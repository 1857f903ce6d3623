import { SpanKind, trace } from '@opentelemetry/api'
import { subjectOf, writeFact, type EventDefinition, type FactDraft, type ServiceName } from '@k8or/contracts'
import { passPoint } from '@k8or/fault-points'
import { Never } from '@k8or/outcome'
import type { PublishedFact, Publisher, PublishOptions } from '../bus'
import { busFailure, FactConflictError, isWrongLastSequence } from '../errors'
import type { Wire } from '../connection/wire'
import { currentTraceparent } from './trace-context'

/** Publishes the facts of one service to JetStream. */
export class FactPublisher implements Publisher {
  constructor(
    private readonly wire: Wire,
    private readonly service: ServiceName,
  ) {}

  publish<Data>(
    event: EventDefinition<Data>,
    draft: FactDraft<Data>,
    options: PublishOptions = {},
  ): Promise<PublishedFact> {
    const tracer = trace.getTracer('@k8or/jetstream')
    const attributes = { 'messaging.message.id': draft.id, 'k8or.token': draft.token }
    return tracer.startActiveSpan(`publish ${event.fact}`, { kind: SpanKind.PRODUCER, attributes }, async (span) => {
      try {
        return await this.store(event, draft, options)
      } finally {
        span.end()
      }
    })
  }

  private async store<Data>(
    event: EventDefinition<Data>,
    draft: FactDraft<Data>,
    { expectedLastSubjectSequence: expected }: PublishOptions,
  ): Promise<PublishedFact> {
    const subject = subjectOf(event, draft.token)
    const body = this.body(event, draft)
    const expectation = expected === undefined ? {} : { expect: { lastSubjectSequence: expected } }
    try {
      passPoint(this.service, 'fact', event.fact, 'before')
      const ack = await this.wire.store(subject, body, () => ({ msgID: draft.id, ...expectation }))
      passPoint(this.service, 'fact', event.fact)
      return { id: draft.id, sequence: ack.seq, duplicate: ack.duplicate }
    } catch (error) {
      if (expected !== undefined && isWrongLastSequence(error)) {
        throw new FactConflictError(subject, expected, { cause: error })
      }
      throw busFailure(`publish ${event.fact} ${draft.id}`, error)
    }
  }

  private body<Data>(event: EventDefinition<Data>, draft: FactDraft<Data>): string {
    if (event.owner !== this.service) {
      throw new Never(`${this.service} may not announce ${event.fact}: ${event.owner} owns it`)
    }
    const traceparent = draft.traceparent ?? currentTraceparent()
    try {
      return JSON.stringify(writeFact(event, traceparent === undefined ? draft : { ...draft, traceparent }))
    } catch (error) {
      throw new Never(`${event.fact} ${draft.id} breaks its contract`, { cause: error })
    }
  }
}
