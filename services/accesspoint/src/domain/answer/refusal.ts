import { Readable } from 'node:stream'
import type { GateAnswer } from './gate-call'

/** Why the gate itself says no. */
export interface Refusal {
  readonly status: number
  /** A word that programs may rely on: `Denied`, `Fenced`, `UnknownCluster` … */
  readonly reason: string
  readonly message: string
  readonly retryAfterMs?: number
}

/** A refusal in the form in which API servers refuse, so that kubectl and client libraries show it. */
export function refusalAnswer(refusal: Refusal): GateAnswer {
  const body = Buffer.from(JSON.stringify(statusObject(refusal)))
  const retryAfter =
    refusal.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(refusal.retryAfterMs / 1000)) }
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...retryAfter },
    body: Readable.from([body], { objectMode: false }),
  }
}

/** Kubernetes' `Status` object. */
export function statusObject({ status, reason, message }: Refusal): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status }
}
