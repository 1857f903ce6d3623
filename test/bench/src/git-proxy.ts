import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** One git server under two addresses, `<url>/own` and `<url>/git`. */
export interface GitProxy {
  readonly url: string
  close(): Promise<void>
}

/** How the mesh's own client names itself. */
const ownClient = 'git/k8or'

/** Passes everything on; but at `<url>/git` the mesh's own client finds no git server that it understands. */
export async function startGitProxy(upstream: string): Promise<GitProxy> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, answer) => {
    const [, way = '', path = ''] = /^\/(own|git)(\/.*)$/.exec(incoming.url ?? '') ?? []
    if (way === 'git' && incoming.headers['user-agent'] === ownClient) answer.end('ask git')
    else passOn(`${upstream}${path}`, agent, incoming, answer).catch(() => answer.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function passOn(url: string, agent: Agent, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { method, headers } = incoming
  const passed = request(url, { agent, ...(method === undefined ? {} : { method }), headers })
  const answered = once(passed, 'response') as Promise<[IncomingMessage]>
  await pipeline(incoming, passed)
  const [response] = await answered
  answer.writeHead(response.statusCode ?? 502, response.headers)
  await pipeline(response, answer)
}
