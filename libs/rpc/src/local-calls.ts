import type { DescService } from '@bufbuild/protobuf'
import {
  createConnectRouter,
  createRouterTransport,
  type Client,
  type Interceptor,
  type Transport,
} from '@connectrpc/connect'
import { readAllBytes, type UniversalServerResponse } from '@connectrpc/connect/protocol'
import type { ServiceName } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import type { CallRoutes, Calls, ForwardedAnswer, ForwardedCall } from './calls'
import { clientOf, defaultTimeoutMs } from './clients'
import { answering, asking } from './interceptors'
import { maxRequestBytes } from './limits'
import { actorHeader, valuesOf } from './peer'
import { unknownCall } from './unknown-call'

const maxAnswerBytes = 64 << 20

/** The calls of services that share a process: the same routes, codes and deadlines, and no network. */
export class LocalCalls {
  readonly #routes = new Map<ServiceName, CallRoutes>()

  /** Takes the calls that a service answers from now on. */
  serve(service: ServiceName, routes: CallRoutes): void {
    this.#routes.set(service, routes)
  }

  /** No longer takes calls for a service. */
  withdraw(service: ServiceName): void {
    this.#routes.delete(service)
  }

  /** Clients under one service's identity. */
  as(spiffeId: string): Calls {
    const transports = new Map<CallRoutes, Transport>()
    return {
      to: (owner, service) => this.client(spiffeId, owner, service, transports),
      forward: (owner, call) => forwardTo(this.routesOf(owner), spiffeId, call),
    }
  }

  private client<Service extends DescService>(
    peer: string,
    owner: ServiceName,
    service: Service,
    transports: Map<CallRoutes, Transport>,
  ): Client<Service> {
    // The service may not be there yet when its client is made, and may be another one later.
    const current = (): Transport => {
      const routes = this.routesOf(owner)
      const known = transports.get(routes)
      if (known) return known
      const made = transportTo(routes, peer)
      transports.set(routes, made)
      return made
    }
    return clientOf(owner, service, {
      unary: (...call) => current().unary(...call),
      stream: (...call) => current().stream(...call),
    })
  }

  private routesOf(owner: ServiceName): CallRoutes {
    const routes = this.#routes.get(owner)
    if (!routes) throw new Later(`${owner} has not started`, 200)
    return routes
  }
}

function transportTo(routes: CallRoutes, peer: string): Transport {
  return createRouterTransport(routes, {
    transport: { interceptors: [asking], defaultTimeoutMs },
    router: { interceptors: [named(peer), answering], readMaxBytes: maxRequestBytes },
  })
}

/** In one process nobody can pretend: the caller is who the client was made for. */
function named(peer: string): Interceptor {
  const values = valuesOf(peer)
  return (next) => (request) => next(Object.assign(Object.create(request) as typeof request, { contextValues: values }))
}

async function forwardTo(routes: CallRoutes, peer: string, call: ForwardedCall): Promise<ForwardedAnswer> {
  const router = createConnectRouter({ interceptors: [answering], readMaxBytes: maxRequestBytes })
  routes(router)
  const handler = router.handlers.find(({ requestPath }) => requestPath === call.path)
  if (!handler) {
    const { status, type, body } = unknownCall(call.path)
    return { status, headers: { 'content-type': type }, body }
  }
  const request = {
    httpVersion: '1.1',
    url: `https://local${call.path}`,
    method: 'POST',
    header: new Headers({ ...call.headers, [actorHeader]: call.actor }),
  }
  const body = (async function* () {
    yield await Promise.resolve(call.body)
  })()
  return answerOf(await handler({ ...request, body, signal: call.signal, contextValues: valuesOf(peer) }))
}

async function answerOf({ status, header, body }: UniversalServerResponse): Promise<ForwardedAnswer> {
  const bytes = body ? await readAllBytes(body, maxAnswerBytes) : new Uint8Array()
  return { status, headers: Object.fromEntries(header ?? []), body: bytes }
}
