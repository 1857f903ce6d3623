import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import { gitEnvironment } from './git-command'

// What every git host allows: partial clones, and fetching a commit by its id.
const settings = [
  ['safe.directory', '*'],
  ['http.receivepack', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
] as const

function cgiEnvironment(request: IncomingMessage, root: string): Record<string, string> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const header = (name: string): string => String(request.headers[name] ?? '')
  return {
    ...gitEnvironment(),
    ...gitSettings(),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
    ...(request.headers['content-length'] ? { CONTENT_LENGTH: header('content-length') } : {}),
  }
}

/** Lets git http-backend answer a request; bodies are streamed both ways. */
export async function serveByGit(request: IncomingMessage, response: ServerResponse, root: string): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    env: cgiEnvironment(request, root),
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  response.once('close', () => child.kill())
  const sent = pipeline(request, child.stdin).catch(() => undefined)
  const rest = await readHead(child.stdout, response)
  if (rest.length) response.write(rest)
  await pipeline(child.stdout, response)
  await sent
}

/** Takes the status and headers that a CGI program printed to the response; returns the part of the body read so far. */
async function readHead(output: Readable, response: ServerResponse): Promise<Buffer> {
  let head = Buffer.alloc(0)
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    head = Buffer.concat([head, chunk as Buffer])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) continue
    applyHead(head.subarray(0, end).toString(), response)
    return head.subarray(end + 4)
  }
  response.statusCode = 500
  return head
}

function applyHead(text: string, response: ServerResponse): void {
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s)
    if (name.toLowerCase() === 'status') response.statusCode = parseInt(value, 10)
    else response.setHeader(name, value)
  }
}

function gitSettings(): Record<string, string> {
  const environment: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) }
  settings.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  })
  return environment
}
