import type { Identity } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import { withSpan } from '@k8or/telemetry'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import { Admission, type Refusal } from '../../domain/webhook/admission'
import type { TakingDeliveries, WebhookAnswer } from '../../domain/webhook/take-delivery'
import type { Signals } from '../../signals'
import { UnreadAnswers } from './answer-unread'
import { BodyRefusedError, withBody } from './read-body'

const path = '/api/webhook'
const megabyte = 1 << 20
const room = { smallBytes: megabyte, smallTotalBytes: 32 * megabyte, large: 2 }

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
  private readonly admission: Admission
  private readonly unread = new UnreadAnswers()
  private endRenewals: (() => void) | undefined

  constructor(
    private readonly options: WebhookServerOptions,
    private readonly taking: TakingDeliveries,
    private readonly signals: Signals,
  ) {
    const https = { ...options.identity.current(), minVersion: 'TLSv1.2' as const }
    this.server = fastify({ https, requestTimeout: 120_000, forceCloseConnections: true })
    this.admission = new Admission({ maxBytes: options.maxBytes, ...room })
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
      const sent = { stream: request.raw, declaredBytes: Number(request.headers['content-length'] ?? 0) }
      const answer = await withBody(this.admission, sent, (body) => {
        const take = () => this.taking.take({ headers: headersOf(request), body })
        // Here the trace of a deployment begins.
        return withSpan(`POST ${path}`, {}, take, { kind: 'server' })
      })
      this.signals.answered(answer, from)
      return await reply.code(answer.status).send(bodyOf(answer))
    } catch (error) {
      if (error instanceof BodyRefusedError) return this.refuse(reply, error.refusal, from)
      if (!(error instanceof Later)) throw error
      const message = `the webhook can not be stored now: ${error.message}`
      this.signals.declined(503, message, from)
      return reply.code(503).header('retry-after', '5').send({ result: 'declined', message })
    }
  }

  private refuse(reply: FastifyReply, refusal: Refusal, from: object): FastifyReply {
    const { status, message, headers } = refusals(this.options.maxBytes)[refusal]
    this.signals.declined(status, message, from)
    reply.hijack()
    this.unread.send(reply.raw, status, headers, { result: 'declined', message })
    return reply
  }
}

function refusals(maxBytes: number) {
  return {
    'too large': {
      status: 413,
      message: `the body of the webhook is larger than ${String(Math.floor(maxBytes / megabyte))} MB: send less, or raise K8OR_WEBHOOK_MAX_BYTES`,
      headers: {},
    },
    busy: { status: 503, message: 'too many large webhooks at once: send it again', headers: { 'retry-after': '5' } },
  } as const
}

function headersOf({ headers }: FastifyRequest): Record<string, string | undefined> {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return Object.fromEntries(entries) as Record<string, string | undefined>
}

function bodyOf({ result, message, provider, delivery }: WebhookAnswer): object {
  return { result, message, provider, delivery }
}
