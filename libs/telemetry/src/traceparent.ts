import { context, isSpanContextValid, ROOT_CONTEXT, trace, type SpanContext } from '@opentelemetry/api'

const form = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The W3C trace context of what runs now, for a message or a call; undefined outside of any trace. */
export function currentTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active())
  if (!span || !isSpanContextValid(span)) return undefined
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`
}

/** Runs a function as a part of the trace that a message or a call came with; what is malformed is ignored. */
export function withTraceparent<Result>(traceparent: string | undefined, run: () => Result): Result {
  const span = readTraceparent(traceparent)
  return span ? context.with(trace.setSpanContext(ROOT_CONTEXT, span), run) : run()
}

/** Reads a `traceparent` header. */
export function readTraceparent(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = form.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const span = { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(span) ? span : undefined
}
