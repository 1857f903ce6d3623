import { Readable } from 'node:stream'
import { AuditFullError, ClusterTroubleError } from '../ports'
import { HostilePathError } from '../request/kube-request'
import { UnknownClusterError } from '../routing/clusters'
import type { GateAnswer } from './gate-call'

/** Why the gate itself says no. */
export interface Refusal {
  readonly status: number
  /** A word that programs may rely on: `Denied`, `Fenced`, `UnknownCluster` … */
  readonly reason: string
  readonly message: string
  readonly retryAfterMs?: number
}

/** Ends a call with an answer of the gate's own. */
export class Refused extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly rule: string,
    readonly outcome: 'denied' | 'failed' = 'denied',
  ) {
    super(refusal.message)
  }
}

/** Says why a call ends here, in the words of the answer; what nobody foresaw is thrown on. */
export function refusedBecause(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (error instanceof HostilePathError) return refused(error, 400, 'BadRequest', 'hostile-path')
  if (error instanceof UnknownClusterError) return refused(error, 400, 'UnknownCluster', 'unknown-cluster')
  if (error instanceof ClusterTroubleError) return troubled(error)
  if (error instanceof AuditFullError) return refused(error, 503, 'ServiceUnavailable', 'audit-full', 'failed')
  throw error
}

function refused(
  { message }: Error,
  status: number,
  reason: string,
  rule: string,
  outcome?: Refused['outcome'],
): Refused {
  return new Refused({ status, reason, message }, rule, outcome)
}

function troubled({ kind, message, retryAfterMs }: ClusterTroubleError): Refused {
  const status = { unreachable: 503, busy: 429, late: 504 }[kind]
  return new Refused({ status, reason: 'ServiceUnavailable', message, retryAfterMs }, `cluster-${kind}`, 'failed')
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
