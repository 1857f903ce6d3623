import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { createLogger, currentTraceparent, metrics, withSpan, withTraceparent } from '@k8or/telemetry'
import { toConnectError } from './errors'

const handled = metrics.counter('grpc_server_handled_total', 'calls that were answered, by their code')

/** On the side that answers: goes on with the caller's trace, gives errors their codes, and counts. */
export const answering: Interceptor = (next) => (request) => {
  const labels = { grpc_service: request.service.typeName, grpc_method: request.method.name }
  const answer = async () => {
    try {
      const response = await next(request)
      handled.add({ ...labels, grpc_code: 'OK' })
      return response
    } catch (error) {
      const told = toConnectError(error)
      handled.add({ ...labels, grpc_code: Code[told.code] })
      if (isBug(error, told)) createLogger('rpc').error({ err: error, ...labels }, 'a call could not be answered')
      throw told
    }
  }
  const name = `${labels.grpc_service}/${labels.grpc_method}`
  const traceparent = request.header.get('traceparent') ?? undefined
  return withTraceparent(traceparent, () => withSpan(name, {}, answer, { kind: 'server' }))
}

/** On the side that asks: hands the trace on. */
export const asking: Interceptor = (next) => (request) => {
  const traceparent = currentTraceparent()
  if (traceparent !== undefined) request.header.set('traceparent', traceparent)
  return next(request)
}

/** The caller is told of what it can act on; of the rest the log has to know where it comes from. */
function isBug(error: unknown, told: ConnectError): boolean {
  return told.code === Code.Internal && !(error instanceof ConnectError)
}
