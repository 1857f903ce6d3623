import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServiceName } from '@k8or/contracts'
import type { Identity } from '@k8or/identity'
import { describeError } from '@k8or/outcome'
import type { ForwardedAnswer, ForwardedCall } from '@k8or/rpc'
import { person, type Caller } from '../../domain/access/caller'
import { judgeForward } from '../../domain/access/forwarding'
import { isForCluster, refuse, serveCluster, type AnswerCall } from './cluster-route'
import type { ListenAddress } from './listen-address'
import type { OutsideRequest } from '../audit/record-outside'
import { BodyTooLargeError, goneSignal, headersOf, readRequestBody, writeJson } from './request-parts'
import { TlsServer } from './tls-server'

/** What the people's listener works with. */
export interface PeopleListenerOptions {
  readonly listen: ListenAddress
  readonly identity: Identity
  /** The token of the administrator, read anew for each call: it may be changed. Undefined while there is none. */
  readonly token: () => string | undefined
  readonly answerCall: AnswerCall
  readonly forward: (owner: ServiceName, call: ForwardedCall) => Promise<ForwardedAnswer>
  /** A call to a service was passed on or turned away. */
  readonly onPassed: (request: OutsideRequest) => void
  readonly onStranger: (what: { method: string; target: string; reason: string }) => void
  readonly onError: (error: unknown) => void
}

/** The door for people and scripts: TLS, a bearer token, clusters and calls to the services. */
export function peopleListener(options: PeopleListenerOptions): TlsServer {
  return new TlsServer({
    listen: options.listen,
    identity: options.identity,
    tls: {},
    handle: (request, response) => {
      handle(request, response, options).catch((error: unknown) => {
        options.onError(error)
        if (response.headersSent) response.destroy()
        else fail(request, response, 500, 'the door could not handle the call; its log says why')
      })
    },
    onRefused: (error, remote) =>
      options.onStranger({ method: 'TLS', target: '', reason: `${remote}: ${error.message}` }),
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: PeopleListenerOptions,
): Promise<void> {
  const caller = authenticate(request, options.token())
  const target = request.url ?? ''
  if (!caller) {
    const reason = request.headers.authorization === undefined ? 'no bearer token' : 'a wrong bearer token'
    options.onStranger({
      method: request.method ?? '',
      target,
      reason: `${request.socket.remoteAddress ?? 'unknown'}: ${reason}`,
    })
    fail(request, response, 401, `${reason}: send "authorization: Bearer <token>"`)
    return
  }
  if (isForCluster(target)) return serveCluster(caller, request, response, options.answerCall)
  return passOn(caller, request, response, options)
}

async function passOn(
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  options: PeopleListenerOptions,
): Promise<void> {
  const { method = '', url: target = '' } = request
  const tell = (rest: Pick<OutsideRequest, 'outcome' | 'rule' | 'reason' | 'status'>): void =>
    options.onPassed({ caller: caller.id, method, target, ...rest })
  const verdict = judgeForward(method, target, request.headers['content-type'] ?? '')
  if (!verdict.allowed) {
    tell({ outcome: 'denied', rule: 'people:calls', reason: verdict.reason, status: verdict.status })
    fail(request, response, verdict.status, verdict.reason)
    return
  }
  const signal = goneSignal(response)
  const headers = rpcHeaders(request)
  try {
    const body = (await readRequestBody(request)) ?? Buffer.alloc(0)
    const answer = await options.forward(verdict.owner, { path: verdict.path, headers, body, actor: caller.id, signal })
    tell({ outcome: 'allowed', rule: 'people:admin', reason: '', status: answer.status })
    response.writeHead(answer.status, withoutHopByHop(answer.headers))
    response.end(answer.body)
  } catch (error) {
    const status = error instanceof BodyTooLargeError ? 413 : 503
    const reason =
      status === 413 ? describeError(error) : `${verdict.owner} can not be asked now: ${describeError(error)}`
    tell({ outcome: 'failed', rule: 'people:admin', reason, status })
    if (!signal.aborted) fail(request, response, status, reason)
  }
}

function authenticate(request: IncomingMessage, token: string | undefined): Caller | undefined {
  const shown = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (shown === undefined || token === undefined || token === '') return undefined
  return timingSafeEqual(digest(shown), digest(token)) ? person('admin') : undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

const rpcHeaderNames = ['content-type', 'connect-protocol-version', 'connect-timeout-ms', 'accept', 'traceparent']

function rpcHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersOf(request)).filter(([name]) => rpcHeaderNames.includes(name)))
}

const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'date']

function withoutHopByHop(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name.toLowerCase())))
}

const connectCodes: Readonly<Record<number, string>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'unimplemented',
  405: 'invalid_argument',
  413: 'resource_exhausted',
  415: 'invalid_argument',
  503: 'unavailable',
}

/** An error in the form that the caller expects: Kubernetes' for clusters, Connect's for calls. */
function fail(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  if (isForCluster(request.url ?? ''))
    refuse(response, { status, reason: status === 401 ? 'Unauthorized' : 'Denied', message })
  else
    writeJson(
      response,
      status,
      { code: connectCodes[status] ?? 'internal', message },
      status === 401 ? { 'www-authenticate': 'Bearer' } : {},
    )
}
