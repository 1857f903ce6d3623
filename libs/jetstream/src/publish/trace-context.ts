import { context, propagation, ROOT_CONTEXT, type Context } from '@opentelemetry/api'

/** The present trace context as a W3C traceparent, or undefined where nothing is traced. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier['traceparent']
}

/** The context that a traceparent names. */
export function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })
}
