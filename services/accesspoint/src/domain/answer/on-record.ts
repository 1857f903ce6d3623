import { describeCall, tokenOf, type DescribedOutcome } from '../audit/describe-call'
import { AuditFullError } from '../ports'
import type { CallInHand, GateParts } from './call-in-hand'

/** Puts on record how far a call came. @throws AuditFullError */
export function note(inHand: CallInHand, { audit, now, declarations }: GateParts, outcome: DescribedOutcome): void {
  const { call, request, kind, claim, decision, begun, cluster } = inHand
  const described = {
    ...{ caller: call.caller.id, cluster: cluster?.name ?? call.cluster, method: call.method, target: call.target },
    ...{ request, kind: kind?.kind, claim, traceparent: call.headers['traceparent'] },
  }
  const latencyMs = outcome.phase === 'intent' ? {} : { latencyMs: now() - begun }
  const token = tokenOf(decision?.application, declarations.facts.controlNamespace)
  audit.note(describeCall(described, { ...outcome, ...latencyMs }, now()), token)
}

/** For what has happened already: a full audit can no longer stop it. */
export function noteAnyway(...input: Parameters<typeof note>): void {
  try {
    note(...input)
  } catch (error) {
    if (!(error instanceof AuditFullError)) throw error
  }
}
