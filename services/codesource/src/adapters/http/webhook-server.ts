import type { Identity } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import { withSpan } from '@k8or/telemetry'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { TakingDeliveries, WebhookAnswer } from '../../domain/webhook/take-delivery'
import type { Signals } from '../../signals'
import { BodyReader, BodyTooLargeError, TooBusyError } from './read-body'

const path = '/api/webhook'

/** Where webhooks are taken and how large they may be. */
export interface WebhookServerOptions {
  readonly host: string
  readonly port: number
  readonly maxBytes: number
  readonly identity: Identity
}

/** Takes webhooks over TLS; whoever posts them shows no certificate, but knows a secret. */
export class WebhookServer {
  private readonly server: FastifyInstance<Server>
  private readonly bodies: BodyReader
  private endRenewals: (() => void) | undefined

  constructor(
    private readonly options: WebhookServerOptions,
    private readonly taking: TakingDeliveries,
    private readonly signals: Signals,
  ) {
    const https = { ...options.identity.current(), minVersion: 'TLSv1.2' as const }
    this.server = fastify({ https, requestTimeout: 120_000, forceCloseConnections: true })
    this.bodies = new BodyReader(options.maxBytes)
    this.route()
    this.greetLargeBodies()
  }

  async start(): Promise<void> {
    const { host, port, identity } = this.options
    this.endRenewals = identity.onRenewal(() => this.server.server.setSecureContext(identity.current()))
    await this.server.listen({ host, port })
  }

  async stop(): Promise<void> {
    this.endRenewals?.()
    await this.server.close()
  }

  private route(): void {
    const { server } = this
    server.removeAllContentTypeParsers()
    // The body is read by the route: its signature is over the bytes as they came.
    server.addContentTypeParser('*', (_request, _payload, done) => done(null))
    server.post(path, (request, reply) => this.take(request, reply))
    server.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: path,
      handler: (_request, reply) =>
        reply
          .code(405)
          .header('allow', 'POST')
          .send({ message: `webhooks are taken by POST ${path}` }),
    })
    server.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: `webhooks are taken at ${path}` }))
  }

  /** Clients that ask first whether to send a large body are told no before they do. */
  private greetLargeBodies(): void {
    const http = this.server.server
    http.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (Number(request.headers['content-length'] ?? 0) <= this.options.maxBytes) response.writeContinue()
      http.emit('request', request, response)
    })
  }

  private async take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const from = { from: request.ip, agent: request.headers['user-agent'] }
    try {
      const length = Number(request.headers['content-length'] ?? 0)
      const body = await this.bodies.read(request.raw, length)
      const take = () => this.taking.take({ headers: headersOf(request), body })
      // Here the trace of a deployment begins.
      const answer = await withSpan(`POST ${path}`, {}, take, { kind: 'server' })
      this.signals.answered(answer, from)
      return await reply.code(answer.status).send(bodyOf(answer))
    } catch (error) {
      const { status, message } = declined(error)
      this.signals.declined(status, message, from)
      if (status === 503) reply.header('retry-after', '5')
      return reply.code(status).send({ result: 'declined', message })
    }
  }
}

function declined(error: unknown): { status: number; message: string } {
  if (error instanceof BodyTooLargeError) return { status: 413, message: error.message }
  if (error instanceof TooBusyError) return { status: 503, message: error.message }
  if (error instanceof Later) return { status: 503, message: `the webhook can not be stored now: ${error.message}` }
  throw error
}

function headersOf({ headers }: FastifyRequest): Record<string, string | undefined> {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return Object.fromEntries(entries) as Record<string, string | undefined>
}

function bodyOf({ result, message, provider, delivery }: WebhookAnswer): object {
  return { result, message, provider, delivery }
}
