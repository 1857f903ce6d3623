import { describeError } from '@k8or/outcome'
import { SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api'
import { readTraceparent } from './traceparent'

/** What a span is besides its name. */
export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Trace contexts of further causes: ninety images become one commit. */
  readonly causes?: readonly (string | undefined)[]
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/**
 * Runs a function as one step of the present trace, or of a new one. A rejection is recorded and passed on.
 * @example await withSpan('render', { application: uid }, () => render(inputs))
 */
export function withSpan<Result>(
  name: string,
  attributes: Attributes,
  run: () => Promise<Result>,
  options: SpanOptions = {},
): Promise<Result> {
  const links = (options.causes ?? []).flatMap((cause) => readTraceparent(cause) ?? []).map((context) => ({ context }))
  const settings = { kind: kinds[options.kind ?? 'internal'], attributes, links }
  return trace.getTracer('k8or').startActiveSpan(name, settings, (span) => endAfter(span, run))
}

async function endAfter<Result>(span: Span, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: describeError(error) })
    throw error
  } finally {
    span.end()
  }
}
