import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type Http2SecureServer, type SecureServerOptions } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Identity } from '@k8or/identity'
import type { ListenAddress } from './listen-address'

/** What answers a request; over HTTP/1.1 and HTTP/2 alike. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** A listener that speaks TLS only. */
export interface TlsServerOptions {
  readonly listen: ListenAddress
  readonly identity: Identity
  readonly tls: SecureServerOptions
  readonly handle: RequestHandler
  /** A handshake failed, or somebody spoke without TLS. */
  readonly onRefused: (error: Error, remote: string) => void
}

const slowestHeadersMs = 15_000
const idleMs = 75_000

/** Serves HTTP/1.1 and HTTP/2 over TLS under the present certificate of an identity; follows its renewals. */
export class TlsServer {
  private readonly server: Http2SecureServer
  private readonly sockets = new Set<Socket>()
  private readonly forgetRenewals: () => void

  constructor(private readonly options: TlsServerOptions) {
    const { identity, tls, handle, onRefused } = options
    this.server = createSecureServer({
      ...tls,
      ca: identity.ca,
      ...identity.current(),
      minVersion: 'TLSv1.3',
      allowHTTP1: true,
      headersTimeout: slowestHeadersMs,
      keepAliveTimeout: idleMs,
    } as SecureServerOptions)
    this.server.on('request', handle as never)
    this.server.on('tlsClientError', (error: Error, socket: Socket) => onRefused(error, remoteOf(socket)))
    this.server.on('connection', (socket: Socket) => this.keep(socket))
    this.server.on('sessionError', () => undefined)
    this.forgetRenewals = identity.onRenewal(() =>
      this.server.setSecureContext({ ca: identity.ca, ...identity.current() }),
    )
  }

  /** Opens the listener; answers its port. */
  listen(): Promise<number> {
    const { host, port } = this.options.listen
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, host, () => {
        this.server.off('error', reject)
        resolve((this.server.address() as AddressInfo).port)
      })
    })
  }

  /** Takes no more connections, gives what runs a moment, then breaks off what is left (watches). */
  async close(graceMs = 500): Promise<void> {
    this.forgetRenewals()
    if (!this.server.listening) return
    const closed = new Promise((resolve) => this.server.close(resolve))
    const breaking = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), graceMs)
    await closed
    clearTimeout(breaking)
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    // Broken connections show at the requests that they break.
    socket.on('error', () => undefined)
  }
}

function remoteOf(socket: Socket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`
}
