import { applicationToken, instanceName, noToken } from '@k8or/contracts'
import type { Application } from '../access/application'
import type { Claim } from '../request/headers'
import type { KubeRequest } from '../request/kube-request'
import type { UnchainedRecord } from './chain'

/** What a record tells of a call; parts that are not known yet are absent. */
export interface DescribedCall {
  readonly caller: string
  readonly cluster: string
  readonly method: string
  readonly target: string
  readonly request: KubeRequest | undefined
  readonly kind: string | undefined
  readonly claim: Claim
  readonly traceparent: string | undefined
}

/** What came of it. */
export interface DescribedOutcome {
  readonly phase: UnchainedRecord['phase']
  readonly outcome: UnchainedRecord['outcome']
  readonly rule: string
  readonly reason?: string
  readonly status?: number
  readonly latencyMs?: number
}

const longestPath = 1_000

/** The access record of a call. Never holds a body, a header or a query: those may hold secrets. */
export function describeCall(call: DescribedCall, outcome: DescribedOutcome, at: number): UnchainedRecord {
  const { caller, cluster, method, target, request, claim } = call
  const object = objectOf(call)
  const trace = call.traceparent?.split('-')[1]
  return {
    at: new Date(at).toISOString(),
    caller,
    cluster: cluster.slice(0, 253),
    verb: request?.verb ?? 'other',
    method: method.slice(0, 20),
    path: (request?.path ?? target.split('?')[0] ?? '').slice(0, longestPath),
    ...(object ? { object } : {}),
    ...(claim.application === undefined ? {} : { application: claim.application.slice(0, 64) }),
    ...(claim.release === undefined ? {} : { release: claim.release }),
    ...(claim.lease === undefined ? {} : { lease: claim.lease }),
    ...(trace === undefined ? {} : { trace }),
    phase: outcome.phase,
    outcome: outcome.outcome,
    rule: outcome.rule,
    reason: outcome.reason ?? '',
    ...(outcome.status === undefined ? {} : { status: outcome.status }),
    ...(outcome.latencyMs === undefined ? {} : { latencyMs: Math.max(0, Math.round(outcome.latencyMs * 10) / 10) }),
  }
}

/** The token under which the records of an application are found on the bus. */
export function tokenOf(application: Application | undefined, controlNamespace: string): string {
  if (!application) return noToken
  const { namespace, name, uid } = application
  return applicationToken(instanceName(namespace, name, controlNamespace), uid)
}

/** The object of a call; where the kind was not looked up, its plural stands for it. */
function objectOf({ request, kind }: DescribedCall): UnchainedRecord['object'] {
  const target = request?.resource
  if (!target || target.name === '') return undefined
  const { group, version, namespace, name } = target
  return { group, version, kind: kind ?? target.plural, namespace, name }
}
