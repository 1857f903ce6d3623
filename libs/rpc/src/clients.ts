import type { DescService } from '@bufbuild/protobuf'
import { createClient, type Client, type Transport } from '@connectrpc/connect'
import type { ServiceName } from '@k8or/contracts'
import { fromConnectError } from './errors'

/** Every call has a deadline; this one where the caller names none. */
export const defaultTimeoutMs = 10_000

type Call = (request: unknown, options?: unknown) => Promise<unknown>

/** A client whose errors are those of the mesh: `Later`, or what the service threw. */
export function clientOf<Service extends DescService>(
  owner: ServiceName,
  service: Service,
  transport: Transport,
): Client<Service> {
  const client = createClient(service, transport) as Record<string, Call>
  const calls = service.methods.map(({ localName, methodKind }) => {
    const call = client[localName]
    const what = `${owner} ${service.name}/${localName}`
    return [localName, methodKind === 'unary' && call ? translating(call, what) : call]
  })
  return Object.fromEntries(calls) as Client<Service>
}

function translating(call: Call, what: string): Call {
  return async (request, options) => {
    try {
      return await call(request, options)
    } catch (error) {
      throw fromConnectError(error, what)
    }
  }
}
