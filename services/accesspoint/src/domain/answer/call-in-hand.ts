import type { Decision } from '../access/decide'
import type { Fences } from '../fence/fences'
import type { Turns } from '../fence/turns'
import type { Audit, Clock, Declarations, Upstreams } from '../ports'
import { claimOf, type Claim } from '../request/headers'
import type { KubeRequest } from '../request/kube-request'
import type { ClusterEntry } from '../routing/clusters'
import type { Stops } from '../stop/stops'
import type { GateCall } from './gate-call'

/** What the gate works with. */
export interface GateParts {
  readonly declarations: Declarations
  readonly upstreams: Upstreams
  readonly audit: Audit
  readonly fences: Fences
  readonly turns: Turns
  readonly stops: Stops
  readonly now: Clock
  /** Told of every call that the gate itself refuses. */
  readonly onRefused: (call: GateCall, status: number, message: string) => void
}

/** A call as far as it is understood; each step adds to it, so that what is put on record tells how far it came. */
export interface CallInHand {
  readonly call: GateCall
  readonly claim: Claim
  readonly begun: number
  request?: KubeRequest
  cluster?: ClusterEntry
  kind?: { kind: string; namespaced: boolean } | undefined
  decision?: Decision
}

/** What it asks for is known. */
export type Understood = CallInHand & { readonly request: KubeRequest; readonly cluster: ClusterEntry }

/** It may be made. */
export type Permitted = Understood & { readonly decision: Decision }

export function takeInHand(call: GateCall, { now }: GateParts): CallInHand {
  return { call, claim: claimOf(call.headers), begun: now() }
}
