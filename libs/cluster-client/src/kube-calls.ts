import { describeError, Later } from '@k8or/outcome'
import { currentTraceparent } from '@k8or/telemetry'
import type { Gate, GateRequest, GateResponse } from './gate'
import { describeSubject, refusal, type KubeStatus, type Subject } from './kube-error'
import { readBody } from './read-body'

/** A call whose answer is JSON. */
export interface JsonCall {
  readonly method: GateRequest['method']
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/** An answer, its JSON parsed. */
export interface JsonAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly json: unknown
}

/** Statuses that say "not now": nothing was decided about the object. */
const transient = new Set([429, 502, 503, 504])

/** Calls the Kubernetes API of one cluster after another in JSON, and tells "not now" from "no". */
export class KubeCalls {
  constructor(private readonly gate: Gate) {}

  /** The JSON of a 2xx answer. @throws KubeError, Later */
  async expect<Answer>(subject: Subject, call: JsonCall): Promise<Answer> {
    const answer = await this.ask(subject, call)
    if (answer.status < 300) return answer.json as Answer
    throw refusal(subject, answer.status, statusOf(answer.json))
  }

  /** Any answer but those that say "not now". @throws Later */
  async ask(subject: Subject, call: JsonCall): Promise<JsonAnswer> {
    const response = await this.open(subject, call)
    const json = parseJson(await this.bytes(subject, call, response))
    if (!transient.has(response.status)) return { status: response.status, headers: response.headers, json }
    throw notNow(subject, response, statusOf(json))
  }

  /** The answer as it begins, for watches; "not now" is not told apart. @throws Later */
  async open(subject: Subject, call: JsonCall): Promise<GateResponse> {
    try {
      return await this.gate.call({
        cluster: subject.cluster,
        method: call.method,
        path: call.path,
        headers: { accept: 'application/json', ...traced(), ...call.headers },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: call.signal,
        timeoutMs: call.timeoutMs,
      })
    } catch (error) {
      throw broken(subject, call, error)
    }
  }

  private async bytes(subject: Subject, call: JsonCall, response: GateResponse): Promise<Buffer> {
    try {
      return await readBody(response.body)
    } catch (error) {
      throw broken(subject, call, error)
    }
  }
}

/** Reads what should be a `Status`; other text, such as a proxy's error page, becomes its message. */
export function statusOf(json: unknown): KubeStatus {
  if (typeof json === 'object' && json !== null) return json
  return typeof json === 'string' && json !== '' ? { message: json.slice(0, 300) } : {}
}

function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function notNow(subject: Subject, response: GateResponse, answer: KubeStatus): Later {
  const seconds = Number(response.headers['retry-after'])
  const delayMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
  return new Later(`${describeSubject(subject)}: ${answer.message ?? `answered ${response.status}`}`, delayMs)
}

/** A caller that gave up learns so by its own reason; all other trouble on the way is for later. */
function broken(subject: Subject, call: JsonCall, error: unknown): unknown {
  if (call.signal.aborted) return call.signal.reason
  if (error instanceof Later) return new Later(`${describeSubject(subject)}: ${describeError(error)}`, error.delayMs)
  return new Later(`${describeSubject(subject)}: the answer of AccessPoint broke off`, undefined, { cause: error })
}

/** The access record of the call is to name the trace that it belongs to. */
function traced(): { traceparent?: string } {
  const traceparent = currentTraceparent()
  return traceparent === undefined ? {} : { traceparent }
}
