import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { EventDefinition, Fact } from '@k8or/contracts'
import { describeError } from '@k8or/outcome'
import { contextOf } from '../publish/trace-context'

/** Runs a handler in the trace that its fact came with. */
export function runTraced(event: EventDefinition, fact: Fact<unknown>, handle: () => Promise<void>): Promise<void> {
  const tracer = trace.getTracer('@k8or/jetstream')
  const parent = contextOf(fact.traceparent)
  const attributes = {
    'messaging.system': 'nats',
    'messaging.message.id': fact.id,
    'k8or.token': fact.token,
    'k8or.correlation': fact.correlationId,
  }
  const span = tracer.startSpan(`handle ${event.fact}`, { kind: SpanKind.CONSUMER, attributes }, parent)
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      await handle()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: describeError(error) })
      throw error
    } finally {
      span.end()
    }
  })
}
