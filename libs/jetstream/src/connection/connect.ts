import { connect, type NatsConnection } from '@nats-io/transport-node'

/** The three PEM texts of a TLS connection, read anew each time it is dialled. */
export interface TlsSource {
  readonly ca: string
  current(): { readonly cert: string; readonly key: string }
}

/** Where and as whom to connect. */
export interface ConnectOptions {
  readonly url: string
  readonly tls: TlsSource
  /** The name under which the connection is listed by the server. */
  readonly name: string
  /** Replies come to this prefix: nobody else may listen there. */
  readonly inboxPrefix: string
  /** Keeps trying until the server is there, or fails at once. */
  readonly waitForServer: boolean
}

const reconnectWaitMs = 250

/** Opens a connection that comes back for ever, each time with the certificate of that moment. */
export function openConnection(options: ConnectOptions): Promise<NatsConnection> {
  return connect({
    servers: options.url,
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    tls: tlsAtDial(options.tls),
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectWaitMs,
    reconnectJitterTLS: reconnectWaitMs,
    waitOnFirstConnect: options.waitForServer,
    // A server that is there no more without having said so is noticed within nine seconds.
    pingInterval: 3_000,
    maxPingOut: 2,
    timeout: 10_000,
    ignoreAuthErrorAbort: true,
  })
}

/** The client reads these properties whenever it dials, so a renewed certificate is taken at the next connection. */
function tlsAtDial(tls: TlsSource): { ca: string; cert: string; key: string } {
  return {
    ca: tls.ca,
    get cert() {
      return tls.current().cert
    },
    get key() {
      return tls.current().key
    },
  }
}

/** The prefix of a service's inboxes. */
export function inboxPrefixOf(name: string): string {
  return `_INBOX.${name}`
}
