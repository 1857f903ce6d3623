import { createServer, type Server } from 'node:http'
import { metrics } from '@k8or/telemetry'
import type { Readiness } from './service-app'

/** A plain listener for probes and scrapers, which have no certificates. */
export interface Probes {
  stop(): Promise<void>
}

/** Answers `/healthz` (the process lives), `/readyz` (with what is missing) and `/metrics`. `listen` is `<host>:<port>`. */
export async function startProbes(listen: string, readiness: () => Readiness): Promise<Probes> {
  const server = createServer((request, response) => {
    const { status, type, body } = answer(request.url ?? '', readiness)
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  await open(server, listen)
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

function answer(url: string, readiness: () => Readiness): Answer {
  const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body })
  switch (url.split('?')[0]) {
    case '/healthz':
      return text(200, 'ok\n')
    case '/readyz': {
      const { ready, reasons } = readiness()
      return ready ? text(200, 'ok\n') : text(503, `${reasons.join('\n')}\n`)
    }
    case '/metrics':
      return text(200, metrics.print())
    default:
      return text(404, 'there are /healthz, /readyz and /metrics\n')
  }
}

function open(server: Server, listen: string): Promise<void> {
  const { host, port } = hostAndPort(listen)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}

/** Host and port of `<host>:<port>`. */
export function hostAndPort(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at), port: Number(listen.slice(at + 1)) }
}
