import type { Readable } from 'node:stream'
import type { PolicyFacts } from './access/decide'
import type { UnchainedRecord } from './audit/chain'
import type { ResourceTarget } from './request/kube-request'
import type { ClusterEntry, ClusterTable } from './routing/clusters'

/** Milliseconds since the epoch. */
export type Clock = () => number

/** What is sent to a cluster, after all checks. */
export interface UpstreamCall {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly isWatch: boolean
  /** Who waits for a place in whose name. */
  readonly caller: string
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/** What a cluster answers. */
export interface UpstreamAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
}

/** A cluster could not be asked, or did not answer in time. */
export class ClusterTroubleError extends Error {
  constructor(
    readonly kind: 'unreachable' | 'busy' | 'late',
    message: string,
    readonly retryAfterMs = 1_000,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'ClusterTroubleError'
  }
}

/** The clusters, behind their limits and breakers. */
export interface Upstreams {
  /** @throws ClusterTroubleError; the reason of the signal when it aborts */
  send(cluster: ClusterEntry, call: UpstreamCall): Promise<UpstreamAnswer>
  /** The kind behind a resource of a path, as the cluster serves it. @throws ClusterTroubleError */
  kindOf(cluster: ClusterEntry, target: ResourceTarget): Promise<{ kind: string; namespaced: boolean } | undefined>
}

/** What the hub declares, as it is known now. */
export interface Declarations {
  readonly facts: PolicyFacts
  readonly clusters: ClusterTable
  /** Resolves at the next change of what is declared, or after so many milliseconds. */
  changed(withinMs: number): Promise<void>
}

/** A record could not be taken: there is no room for it. */
export class AuditFullError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AuditFullError'
  }
}

/** The access records. */
export interface Audit {
  /** Takes one record; `token` is the application's on the bus. @throws AuditFullError */
  note(record: UnchainedRecord, token: string): void
  /** Resolves when all that was noted is safe on disk. */
  settle(): Promise<void>
}
