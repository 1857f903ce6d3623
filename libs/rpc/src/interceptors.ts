import type { Interceptor } from '@connectrpc/connect'
import { currentTraceparent, withTraceparent } from '@k8or/telemetry'
import { toConnectError } from './errors'

/** On the side that answers: goes on with the caller's trace, and gives errors their codes. */
export const answering: Interceptor = (next) => (request) =>
  withTraceparent(request.header.get('traceparent') ?? undefined, async () => {
    try {
      return await next(request)
    } catch (error) {
      throw toConnectError(error)
    }
  })

/** On the side that asks: hands the trace on. */
export const asking: Interceptor = (next) => (request) => {
  const traceparent = currentTraceparent()
  if (traceparent !== undefined) request.header.set('traceparent', traceparent)
  return next(request)
}
