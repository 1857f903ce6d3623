import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'

/** What a person or a script needs to talk to a mesh: the values of `mesh.env`. */
export interface PeopleAccess {
  readonly url: string
  readonly ca: string
  readonly token: string
}

/** An answer of the people's door. */
export interface PeopleAnswer {
  readonly status: number
  readonly body: unknown
}

/** Calls the mesh as people do: over TLS with a bearer token, in plain JSON. */
export class PeopleClient {
  readonly #agent: Agent

  constructor(readonly access: PeopleAccess) {
    this.#agent = new Agent({ connect: { ca: readFileSync(access.ca, 'utf8') } })
  }

  /** Calls an RPC such as `k8or.insighthub.v1.Traces/GetTrace`; any status but 200 throws. */
  async call<Answer>(method: string, message: unknown): Promise<Answer> {
    const answer = await this.post(`${this.access.url}/${method}`, JSON.stringify(message), {
      authorization: `Bearer ${this.access.token}`,
      'content-type': 'application/json',
    })
    if (answer.status !== 200) throw new Error(`${method} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body as Answer
  }

  /** Posts bytes to any address of the mesh, a stream in chunks; every status is an answer. */
  async post(
    url: string,
    body: string | Uint8Array | Readable,
    headers: Record<string, string>,
  ): Promise<PeopleAnswer> {
    const answer = await request(url, { method: 'POST', body, headers, dispatcher: this.#agent })
    const text = await answer.body.text()
    return { status: answer.statusCode, body: parsed(text) }
  }

  /** Breaks all connections. */
  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
