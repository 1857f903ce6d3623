import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { Transport } from '@connectrpc/connect'
import { createConnectTransport, Http2SessionManager } from '@connectrpc/connect-node'
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

/** Calls whose connections can be closed. */
export interface ClosableCalls extends Calls {
  close(): void
}

interface Road {
  readonly sessions: Http2SessionManager
  readonly transport: Transport
}

/** A connection of which nothing was heard for this long is asked whether it is still there. */
const silenceMs = 10_000
const noAnswerMs = 5_000
/** What was begun under the old certificate may end under it. */
const graceMs = 30_000

/** Calls over HTTP/2 and mutual TLS: nobody but the service that is expected may answer. */
export function networkCalls({ identity, urls }: NetworkCallsOptions): ClosableCalls {
  const roads = new Map<ServiceName, Road>()
  const leave = (afterMs: number): void => {
    const old = [...roads.values()]
    roads.clear()
    setTimeout(() => old.forEach(({ sessions }) => sessions.abort()), afterMs).unref()
  }
  const forget = identity.onRenewal(() => leave(graceMs))
  const roadTo = (owner: ServiceName): Transport => {
    const road = roads.get(owner) ?? newRoad(identity, owner, urls[owner])
    roads.set(owner, road)
    return road.transport
  }
  return {
    to: (owner, service) =>
      clientOf(owner, service, {
        unary: (...call) => roadTo(owner).unary(...call),
        stream: (...call) => roadTo(owner).stream(...call),
      }),
    forward: (owner, call) => post(identity, owner, urls[owner], call),
    close: () => {
      forget()
      for (const { sessions } of roads.values()) sessions.abort()
      roads.clear()
    },
  }
}

function newRoad(identity: Identity, owner: ServiceName, baseUrl: string): Road {
  const alive = { pingIntervalMs: silenceMs, pingTimeoutMs: noAnswerMs }
  const sessions = new Http2SessionManager(baseUrl, alive, clientTls(identity, owner))
  // Between machines of one network packing costs more than it saves.
  const plain = { acceptCompression: [] }
  const transport = createConnectTransport({
    ...plain,
    baseUrl,
    httpVersion: '2',
    sessionManager: sessions,
    interceptors: [asking],
    defaultTimeoutMs,
  })
  return { sessions, transport }
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
