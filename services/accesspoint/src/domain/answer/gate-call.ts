import type { Readable } from 'node:stream'
import type { Caller } from '../access/caller'

/** A call at the gate, of whichever way it came. */
export interface GateCall {
  readonly caller: Caller
  /** Name or server of a cluster. */
  readonly cluster: string
  readonly method: string
  /** Path and query as the caller wrote them. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly signal: AbortSignal
  /** Deadline of the whole call; 0 for none, which only watches have. */
  readonly timeoutMs: number
}

/** What the gate answers: the cluster's answer, or its own in Kubernetes' form. */
export interface GateAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
}
