import { clientTls, type Identity } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import { Agent, request, type buildConnector } from 'undici'
import { deadlineOf } from './deadline'
import type { Gate, GateRequest, GateResponse } from './gate'

const connectTimeoutMs = 5_000

/** Where AccessPoint is, and as whom to call it. */
export interface HttpsGateOptions {
  /** `https://host:port` of AccessPoint's mesh listener. */
  readonly url: string
  readonly identity: Identity
  /** Connections for calls; watches have one each. */
  readonly connections?: number
}

/** A gate that can be closed. */
export interface ClosableGate extends Gate {
  close(): Promise<void>
}

/** The road to the clusters over mutual TLS; follows the certificate when it is renewed. */
export function httpsGate(options: HttpsGateOptions): ClosableGate {
  let agents = newAgents(options)
  const forget = options.identity.onRenewal(() => {
    const old = agents
    agents = newAgents(options)
    // What runs goes on under the old certificate; a watch, until it is renewed by itself.
    void old.calls.close()
    void old.watches.close()
  })
  return {
    call: (call) => send(options.url, isWatch(call) ? agents.watches : agents.calls, call),
    close: async () => {
      forget()
      await Promise.all([agents.calls.destroy(), agents.watches.destroy()])
    },
  }
}

function newAgents({ identity, connections }: HttpsGateOptions): { calls: Agent; watches: Agent } {
  // Their types differ in whether an absent option may be given as undefined.
  const connect = { ...clientTls(identity, 'accesspoint'), timeout: connectTimeoutMs } as buildConnector.BuildOptions
  return {
    calls: new Agent({ connect, connections: connections ?? 32, allowH2: false }),
    watches: new Agent({ connect, allowH2: false, bodyTimeout: 0, headersTimeout: 60_000 }),
  }
}

function isWatch({ timeoutMs }: GateRequest): boolean {
  return timeoutMs === 0
}

async function send(url: string, dispatcher: Agent, call: GateRequest): Promise<GateResponse> {
  const deadline = deadlineOf(call.signal, call.timeoutMs)
  try {
    const asked = request(`${url}/clusters/${encodeURIComponent(call.cluster)}${call.path}`, {
      method: call.method,
      headers: call.headers,
      ...(call.body === undefined ? {} : { body: call.body }),
      // The next watch begins before the connection of the one that has ended is free: it would only lie idle.
      reset: isWatch(call),
      signal: deadline.signal,
      dispatcher,
    })
    const answer = await deadline.race(asked, (late) => late.body.destroy())
    answer.body.once('close', () => deadline.end())
    return { status: answer.statusCode, headers: flatten(answer.headers), body: answer.body }
  } catch (error) {
    deadline.end()
    if (call.signal.aborted) throw call.signal.reason
    const reason = deadline.isOver()
      ? `no answer of AccessPoint within ${deadline.ms} ms`
      : 'AccessPoint can not be reached'
    throw new Later(reason, undefined, { cause: error })
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ')
  return flat
}
