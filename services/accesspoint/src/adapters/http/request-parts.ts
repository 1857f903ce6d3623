import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { GateAnswer } from '../../domain/answer/gate-call'

/** The body of a request is larger than anything that an API server takes. */
export class BodyTooLargeError extends Error {}

/** A little more than the largest request that an API server takes. */
const mostBytes = 8 << 20

/** All of a request's body; undefined when there is none. @throws BodyTooLargeError */
export async function readRequestBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes)
    throw new BodyTooLargeError(`the body is larger than ${mostBytes} bytes`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) throw new BodyTooLargeError(`the body is larger than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return size === 0 ? undefined : Buffer.concat(chunks, size)
}

/** The headers of a request, each as one text, names in lower case. */
export function headersOf(request: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(':')) flat[name] = typeof value === 'string' ? value : value.join(', ')
  return flat
}

/** A signal that aborts when the caller goes away before the answer is complete. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the caller went away'))
  })
  return controller.signal
}

/** Passes an answer on as it comes: the first line of a watch does not wait for a second. */
export function writeAnswer(response: ServerResponse, answer: GateAnswer): void {
  if (response.destroyed) {
    answer.body.destroy()
    return
  }
  response.writeHead(answer.status, answer.headers)
  if (answer.headers['content-length'] === undefined) response.flushHeaders()
  // A body that breaks off breaks the connection off: the caller must not take it for complete.
  pipeline(answer.body, response, () => undefined)
}

/** Answers a JSON text of our own. */
export function writeJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': text.length })
  response.end(text)
}
