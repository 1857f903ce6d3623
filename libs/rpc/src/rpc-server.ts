import type { EventEmitter } from 'node:events'
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { serverTls, spiffeIdIn, type Identity } from '@k8or/identity'
import type { CallRoutes } from './calls'
import { answering } from './interceptors'
import { maxRequestBytes } from './limits'
import { valuesOf } from './peer'
import { unknownCall } from './unknown-call'

/** How long what runs may take when the listener stops; connections without calls end then, too. */
const graceMs = 1_000

/** A listener that answers calls. */
export interface RpcServer {
  stop(): Promise<void>
}

/** Where to listen, as whom, and what to answer. `listen` is `<host>:<port>`. */
export interface RpcServerOptions {
  readonly listen: string
  readonly identity: Identity
  readonly routes: CallRoutes
}

/** As much of a response as HTTP/1.1 and HTTP/2 have in common. */
interface RpcResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: Buffer): unknown
}

export type RpcHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

/** Answers calls on a listener of somebody else's; the caller's name comes from its certificate. */
export function rpcHandler(
  routes: CallRoutes,
  peer: (request: Http2ServerRequest) => string = certifiedPeer,
): RpcHandler {
  return connectNodeAdapter({
    routes,
    interceptors: [answering],
    readMaxBytes: maxRequestBytes,
    // None of ours packs what it sends, and a small body could become a large one.
    acceptCompression: [],
    fallback: answerUnknown,
    contextValues: (request) => valuesOf(peer(request as Http2ServerRequest)),
  })
}

function answerUnknown(request: { readonly url?: string | undefined }, response: RpcResponse): void {
  const { status, type, body } = unknownCall(request.url ?? '')
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}

/** The SPIFFE id of the certificate that a request came with; empty when there was none that our authority issued. */
export function certifiedPeer(request: Http2ServerRequest): string {
  const socket =
    (request.stream as { session?: { socket: TLSSocket } } | undefined)?.session?.socket ??
    (request.socket as TLSSocket)
  if (!socket.authorized) return ''
  return spiffeIdIn(socket.getPeerCertificate().subjectaltname) ?? ''
}

/** Answers gRPC, Connect and plain JSON on one port, to callers with a certificate of the mesh alone. */
export async function startRpcServer({ listen, identity, routes }: RpcServerOptions): Promise<RpcServer> {
  const server = createSecureServer({ ...serverTls(identity), allowHTTP1: true }, rpcHandler(routes))
  const sessions = remember<ServerHttp2Session>(server, 'session')
  const sockets = remember<Socket>(server, 'secureConnection')
  const endRenewals = identity.onRenewal(() => server.setSecureContext(serverTls(identity)))
  await open(server, listen)
  return {
    stop: async () => {
      endRenewals()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const session of sessions) session.close()
      const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs)
      await closed
      clearTimeout(cut)
    },
  }
}

/** What a server tells of and what is still open. */
function remember<Kept extends EventEmitter>(server: EventEmitter, event: string): ReadonlySet<Kept> {
  const kept = new Set<Kept>()
  server.on(event, (one: Kept) => {
    kept.add(one)
    one.once('close', () => kept.delete(one))
  })
  return kept
}

function open(server: Server, listen: string): Promise<void> {
  const at = listen.lastIndexOf(':')
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(listen.slice(at + 1)), listen.slice(0, at), () => resolve())
  })
}
