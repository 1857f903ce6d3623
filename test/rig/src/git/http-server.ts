import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveByGit } from './cgi'

/** How a repository misbehaves: it never answers, breaks the connection, or answers with an error. */
export type GitFault = 'hang' | 'reset' | 'error' | 'unauthorized' | 'not-found'

/** What the server serves, and to whom. */
export interface GitServerOptions {
  /** Folder of bare repositories: `<root>/<name>.git` is served as `<url>/<name>.git`. */
  readonly root: string
  readonly port?: number
  /** Asked for by basic authentication on every request. */
  readonly auth?: { readonly username: string; readonly password: string }
}

/** A git server over smart HTTP, as git hosts have it: clone, fetch and push. */
export interface GitServer {
  readonly url: string
  readonly root: string
  /** URL of a repository. */
  urlOf(name: string): string
  /** How many requests a repository has had, or all of them. */
  requests(name?: string): number
  /** Makes a repository misbehave until the fault is taken away by undefined. */
  fault(name: string, kind: GitFault | undefined): void
  stop(): Promise<void>
}

/** Starts a git server on the loopback. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  mkdirSync(options.root, { recursive: true })
  const counts = new Map<string, number>()
  const faults = new Map<string, GitFault>()
  const server = createServer((request, response) => {
    const name = repositoryName(request.url ?? '')
    counts.set(name, (counts.get(name) ?? 0) + 1)
    answer(request, response, options, faults.get(name)).catch(() => response.destroy())
  })
  server.requestTimeout = 0
  await listen(server, options.port ?? 0)
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    url,
    root: options.root,
    urlOf: (name) => `${url}/${name}.git`,
    requests: (name) => (name === undefined ? sum(counts.values()) : (counts.get(name) ?? 0)),
    fault(name, kind) {
      if (kind) faults.set(name, kind)
      else faults.delete(name)
    },
    stop: () => close(server),
  }
}

function repositoryName(path: string): string {
  return decodeURIComponent(/^\/(.+?)\.git(?:[/?]|$)/.exec(path)?.[1] ?? '')
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { root, auth }: GitServerOptions,
  fault: GitFault | undefined,
): Promise<void> {
  const isStranger = auth !== undefined && !isAuthorized(request, auth)
  if (fault) misbehave(request, response, fault)
  else if (isStranger) misbehave(request, response, 'unauthorized')
  else await serveByGit(request, response, root)
}

function misbehave(request: IncomingMessage, response: ServerResponse, fault: GitFault): void {
  switch (fault) {
    case 'hang':
      return
    case 'reset':
      request.socket.destroy()
      return
    case 'error':
      refuse(response, 503, 'service unavailable')
      return
    case 'not-found':
      refuse(response, 404, 'repository not found')
      return
    case 'unauthorized':
      response.setHeader('www-authenticate', 'Basic realm="rig"')
      refuse(response, 401, 'authentication required')
  }
}

function isAuthorized(
  request: IncomingMessage,
  { username, password }: { username: string; password: string },
): boolean {
  return request.headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${text}\n`)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, next) => total + next, 0)
}
