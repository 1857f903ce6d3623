import type { Gate, GateRequest, GateResponse } from '@k8or/cluster-client'
import { Later } from '@k8or/outcome'
import { Agent, request } from 'undici'
import type { KubeServer } from './kube-server'

/** Straight to one API server, as AccessPoint would but unguarded: for specs of what lies behind the gate. */
export class DirectGate implements Gate {
  /** Everything that was asked, in order. */
  readonly calls: GateRequest[] = []
  /** Told of each call before it is made. */
  onCall: ((asked: GateRequest) => void) | undefined
  readonly #agent: Agent
  #open = new AbortController()

  constructor(private readonly kube: KubeServer) {
    this.#agent = new Agent({ connect: { ca: kube.ca, cert: kube.cert, key: kube.key }, allowH2: false })
  }

  async call(asked: GateRequest): Promise<GateResponse> {
    this.calls.push(asked)
    this.onCall?.(asked)
    const { method, path, headers, body } = asked
    const signal = AbortSignal.any([asked.signal, this.#open.signal])
    const options = { method, headers, signal, dispatcher: this.#agent, ...(body === undefined ? {} : { body }) }
    const answer = await request(`${this.kube.url}${path}`, options).catch((cause: unknown) => {
      throw new Later('the cluster does not answer', undefined, { cause })
    })
    return { status: answer.statusCode, headers: {}, body: answer.body }
  }

  /** Breaks all connections and refuses new ones, until mended. */
  cut(): void {
    this.#open.abort()
  }

  /** Lets calls through again. */
  mend(): void {
    this.#open = new AbortController()
  }

  /** Breaks all connections for good. */
  close(): Promise<void> {
    return this.#agent.destroy()
  }
}
