import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { loadTelemetryConfig } from './config'
import { withSpan } from './spans'
import { currentTraceparent } from './traceparent'
import { startTracing } from './tracing'

describe('libs/telemetry/src/tracing', () => {
  it('sends spans to the collector that the environment names, also those that end as the process stops', async () => {
    const received: { url: string | undefined; body: Buffer }[] = []
    const server = createServer((request: IncomingMessage, response) => {
      void buffer(request).then((body) => {
        received.push({ url: request.url, body })
        response.end()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const tracing = await startTracing('chartstore', loadTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url }))
    const traceparent = await withSpan('render a release', {}, async () => currentTraceparent())
    await tracing.stop()
    server.close()
    server.closeAllConnections()
    expect(traceparent).toMatch(/-01$/)
    expect(received.map(({ url }) => url)).toEqual(['/v1/traces'])
    const body = received[0]!.body.toString('latin1')
    expect(body).toContain('render a release')
    expect(body).toContain('chartstore')
  })
})
