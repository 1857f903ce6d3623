import { request as httpRequest, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** One question over HTTP. */
export interface Question {
  readonly url: URL
  readonly method: 'GET' | 'HEAD'
  readonly headers: Readonly<Record<string, string>>
  readonly agent: Agent
  readonly maxBytes: number
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** More than a registry may answer. */
export class ReplyTooLargeError extends Error {
  constructor(most: number) {
    super(`it answers with more than ${most >> 10} KiB`)
    this.name = 'ReplyTooLargeError'
  }
}

/** Asks, and reads the answer up to a limit, all within a deadline. */
export async function exchange({
  url,
  method,
  headers,
  agent,
  maxBytes,
  deadlineMs,
  signal,
}: Question): Promise<Reply> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, { method, headers: { 'user-agent': 'k8or', ...headers }, agent, signal: bounded })
    sent.once('error', reject)
    sent.once('response', resolve)
    sent.end()
  })
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await readBody(answer, maxBytes) }
}

async function readBody(answer: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw new ReplyTooLargeError(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}
