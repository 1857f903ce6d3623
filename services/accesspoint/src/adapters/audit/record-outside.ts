import { noToken } from '@k8or/contracts'
import { describeCall } from '../../domain/audit/describe-call'
import { AuditFullError, type Audit } from '../../domain/ports'

/** A request that never came to a decision about a cluster: a stranger's, or one to a service. */
export interface OutsideRequest {
  readonly caller: string
  readonly method: string
  readonly target: string
  readonly outcome: 'allowed' | 'denied' | 'failed'
  readonly rule: string
  readonly reason: string
  readonly status?: number
}

const noClaim = { application: undefined, release: undefined, setbacks: 0, lease: undefined }

/** Puts a request on record that never came to a decision about a cluster. */
export function recordOutside(audit: Audit, now: number, request: OutsideRequest): void {
  const { caller, method, target, outcome, rule, reason, status } = request
  const call = {
    caller,
    cluster: '',
    method,
    target,
    request: undefined,
    kind: undefined,
    claim: noClaim,
    traceparent: undefined,
  }
  try {
    const told = { phase: 'outcome', outcome, rule, reason, ...(status === undefined ? {} : { status }) } as const
    audit.note(describeCall(call, told, now), noToken)
  } catch (error) {
    // It was refused or has happened already.
    if (!(error instanceof AuditFullError)) throw error
  }
}
