import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { spiffeIdIn, type Identity } from '@k8or/identity'
import { describeError } from '@k8or/outcome'
import { serviceCaller, type Caller } from '../../domain/access/caller'
import { isForCluster, refuse, serveCluster, type AnswerCall } from './cluster-route'
import type { ListenAddress } from './listen-address'
import { TlsServer, type RequestHandler } from './tls-server'

/** What the mesh listener works with. */
export interface MeshListenerOptions {
  readonly listen: ListenAddress
  readonly identity: Identity
  readonly trustDomain: string
  readonly answerCall: AnswerCall
  /** Answers the calls of accesspoint.v1; guards them by the peer's certificate, which may be missing. */
  readonly answerRpc: RequestHandler
  /** Somebody was turned away before it was known who it is. */
  readonly onStranger: (what: { method: string; target: string; reason: string }) => void
  readonly onError: (error: unknown) => void
}

const known = new WeakMap<object, Caller | 'stranger'>()

/**
 * The listener of the mesh: mutual TLS. A connection without a certificate gets in, to ask for its first one
 * (`Certificates/Sign`) and for nothing else; a certificate of another authority is as good as none.
 */
export function meshListener(options: MeshListenerOptions): TlsServer {
  return new TlsServer({
    listen: options.listen,
    identity: options.identity,
    tls: { requestCert: true, rejectUnauthorized: false },
    handle: (request, response) => {
      handle(request, response, options).catch((error: unknown) => {
        options.onError(error)
        if (!response.headersSent) refuse(response, internal)
        else response.destroy()
      })
    },
    onRefused: (error, remote) =>
      options.onStranger({ method: 'TLS', target: '', reason: `${remote}: ${error.message}` }),
  })
}

async function handle(request: IncomingMessage, response: ServerResponse, options: MeshListenerOptions): Promise<void> {
  const url = request.url ?? ''
  if (!isForCluster(url)) {
    options.answerRpc(request, response)
    return
  }
  const caller = callerOf(request, options.trustDomain)
  if (caller) return serveCluster(caller, request, response, options.answerCall)
  const reason = strangerReason(request)
  options.onStranger({ method: request.method ?? '', target: url, reason })
  refuse(response, {
    status: 401,
    reason: 'Unauthorized',
    message: `who calls is not known: ${reason}; join the mesh first`,
  })
}

/** The service behind a connection, by a certificate that this mesh has issued. */
function callerOf(request: IncomingMessage, trustDomain: string): Caller | undefined {
  const socket = socketOf(request)
  const remembered = known.get(socket)
  if (remembered) return remembered === 'stranger' ? undefined : remembered
  const caller = socket.authorized ? named(socket, trustDomain) : undefined
  known.set(socket, caller ?? 'stranger')
  return caller
}

function named(socket: TLSSocket, trustDomain: string): Caller | undefined {
  const id = spiffeIdIn(socket.getPeerX509Certificate()?.subjectAltName)
  return id === undefined ? undefined : serviceCaller(id, trustDomain)
}

/** Over HTTP/2 a request's socket is a stand-in, anew for each request. */
function socketOf(request: IncomingMessage): TLSSocket {
  const { stream, socket } = request as unknown as { stream?: { session?: { socket: TLSSocket } }; socket: TLSSocket }
  return stream?.session?.socket ?? socket
}

function strangerReason(request: IncomingMessage): string {
  const socket = socketOf(request)
  const { remoteAddress = 'unknown' } = socket
  if (!socket.getPeerX509Certificate()) return `${remoteAddress} shows no certificate`
  // Typed as an error, given as the code of one.
  const error = socket.authorizationError as unknown
  const why = error === undefined || error === null ? '' : ` (${describeError(error)})`
  return `the certificate of ${remoteAddress} is not one of this mesh${why}`
}

const internal = {
  status: 500,
  reason: 'InternalError',
  message: 'the gate could not handle the call; its log says why',
}
