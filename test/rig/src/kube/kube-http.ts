import { Agent, type buildConnector, type Dispatcher } from 'undici'
import type { KubeAccess } from './kubeconfig'
import { readWatchEvents, type WatchEvent } from './watch-stream'

/** An answer of the API server, its JSON parsed. */
export interface KubeAnswer {
  readonly status: number
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a body has as many shapes as the API
  readonly body: any
}

/** HTTP to one API server: kept connections for calls, others for watches. */
export class KubeHttp {
  readonly #calls: Agent
  readonly #watches: Agent

  constructor(private readonly access: KubeAccess) {
    const connect = access.tls as buildConnector.BuildOptions
    this.#calls = new Agent({ connect, connections: 32, allowH2: false })
    this.#watches = new Agent({ connect, allowH2: false, bodyTimeout: 0, headersTimeout: 0 })
  }

  /** One call; any status is an answer, only a broken connection is an error. */
  async request(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    contentType?: string,
    accept = 'application/json',
  ): Promise<KubeAnswer> {
    const response = await this.#calls.request({
      origin: this.access.url,
      path,
      method,
      headers: { ...this.access.headers, accept, 'content-type': contentType ?? 'application/json' },
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.statusCode, body: parse(await response.body.text()) }
  }

  /** The events of a watch until the server ends it or the signal fires. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const { url: origin, headers = {} } = this.access
    const response = await this.#watches.request({ origin, path, method: 'GET', headers, signal })
    if (response.statusCode !== 200) {
      const text = await response.body.text()
      throw new WatchRefusedError(response.statusCode, text)
    }
    yield* readWatchEvents(response.body)
  }

  /** Breaks all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#calls.destroy(), this.#watches.destroy()])
  }
}

class WatchRefusedError extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(`watch refused with ${status}: ${text.slice(0, 300)}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
