import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { Transport } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import type { ServiceName } from '@k8or/contracts'
import { clientTls, type Identity } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import type { Calls, ForwardedAnswer, ForwardedCall } from './calls'
import { clientOf, defaultTimeoutMs } from './clients'
import { asking } from './interceptors'
import { actorHeader } from './peer'

/** Where the other services are, and who calls. */
export interface NetworkCallsOptions {
  readonly identity: Identity
  readonly urls: Readonly<Record<ServiceName, string>>
}

/** Calls over HTTP/2 and mutual TLS: nobody but the service that is expected may answer. */
export function networkCalls({ identity, urls }: NetworkCallsOptions): Calls {
  const transports = new Map<ServiceName, Transport>()
  identity.onRenewal(() => transports.clear())
  const transportTo = (owner: ServiceName): Transport => {
    const known = transports.get(owner) ?? newTransport(identity, owner, urls[owner])
    transports.set(owner, known)
    return known
  }
  return {
    to: (owner, service) =>
      clientOf(owner, service, {
        unary: (...call) => transportTo(owner).unary(...call),
        stream: (...call) => transportTo(owner).stream(...call),
      }),
    forward: (owner, call) => post(identity, owner, urls[owner], call),
  }
}

function newTransport(identity: Identity, owner: ServiceName, baseUrl: string): Transport {
  return createConnectTransport({
    baseUrl,
    httpVersion: '2',
    nodeOptions: clientTls(identity, owner),
    interceptors: [asking],
    defaultTimeoutMs,
  })
}

function post(identity: Identity, owner: ServiceName, url: string, call: ForwardedCall): Promise<ForwardedAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(new Later(`call ${owner}${call.path}`, undefined, { cause }))
    const options = {
      method: 'POST',
      headers: { ...call.headers, [actorHeader]: call.actor, 'content-length': String(call.body.length) },
    }
    const sent = request(
      new URL(call.path, url),
      { ...clientTls(identity, owner), ...options, signal: call.signal, timeout: defaultTimeoutMs },
      (answer) => void readAnswer(answer).then(resolve, fail),
    )
    sent.once('error', fail)
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${String(defaultTimeoutMs)} ms`)))
    sent.end(call.body)
  })
}

async function readAnswer(answer: IncomingMessage): Promise<ForwardedAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const headers = Object.entries(answer.headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) }
}
