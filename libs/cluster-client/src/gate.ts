import type { Readable } from 'node:stream'

/** One call to a cluster's Kubernetes API through AccessPoint. */
export interface GateRequest {
  readonly cluster: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query behind `/clusters/<name>`, such as `/api/v1/namespaces/x/configmaps?limit=5`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Aborts the call; a watch ends only so. */
  readonly signal: AbortSignal
  /** Deadline of the whole call in milliseconds; 0 for watches. */
  readonly timeoutMs: number
}

export interface GateResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
}

/** The road to the clusters: over mutual TLS to AccessPoint, or inside one process. Both are guarded alike. */
export interface Gate {
  /** @throws Later when AccessPoint can not be reached; an answer of any status is returned */
  call(request: GateRequest): Promise<GateResponse>
}
