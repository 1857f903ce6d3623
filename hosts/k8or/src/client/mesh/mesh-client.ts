import { Agent, request } from 'node:https'
import {
  fromJson,
  toJson,
  create,
  type DescMethodUnary,
  type JsonValue,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import type { Connection } from '../config'
import { CommandError } from '../errors'
import { describeRefusal } from './refusal'

const timeoutMs = 30_000

/** Calls the mesh as a person: JSON over TLS with a bearer token, at AccessPoint's listener for people. */
export class MeshClient {
  readonly #agent: Agent

  constructor(private readonly connection: Connection) {
    const { ca } = connection
    this.#agent = new Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
  }

  /**
   * Calls one method.
   * @throws CommandError when the mesh can not be reached or refuses
   */
  async call<Method extends DescMethodUnary>(
    method: Method,
    message: MessageInitShape<Method['input']>,
  ): Promise<MessageShape<Method['output']>> {
    const body = JSON.stringify(toJson(method.input, create(method.input, message)))
    const { status, text } = await this.#post(`/${method.parent.typeName}/${method.name}`, body)
    if (status !== 200) throw describeRefusal(status, text, this.connection.url)
    return fromJson(method.output, JSON.parse(text) as JsonValue, { ignoreUnknownFields: true }) as MessageShape<
      Method['output']
    >
  }

  /** Lets go of the connections, so that the process can end. */
  close(): void {
    this.#agent.destroy()
  }

  #post(path: string, body: string): Promise<{ status: number; text: string }> {
    const { url, token } = this.connection
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    return new Promise((resolve, reject) => {
      const fail = (cause: Error) => reject(unreachable(url, cause))
      const sent = request(
        `${url}${path}`,
        { method: 'POST', agent: this.#agent, headers, timeout: timeoutMs },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('error', fail)
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
          )
        },
      )
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
      sent.on('error', fail)
      sent.end(body)
    })
  }
}

const hints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the mesh up? (`make up`)',
  ENOTFOUND: 'there is no host of that name; check K8OR_URL',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host; check K8OR_URL',
}

function unreachable(url: string, cause: NodeJS.ErrnoException): CommandError {
  const { code = '', message, name } = cause
  const isDistrusted = /CERT|VERIFY/.test(code)
  const hint =
    hints[code] ?? (isDistrusted ? "its certificate is not trusted; set K8OR_CA to the mesh's ca.crt" : undefined)
  return new CommandError(`the mesh at ${url} can not be reached: ${message || code || name}`, hint, { cause })
}
