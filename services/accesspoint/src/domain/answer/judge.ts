import { bodyFields } from '../access/body-fields'
import { decide, type Decision } from '../access/decide'
import { isMutation } from '../request/kube-request'
import type { GateParts, Permitted, Understood } from './call-in-hand'
import { Refused } from './refusal'

/** How long a denial waits for declarations that may be on their way: who asks may have seen them a moment earlier. */
const settlesWithinMs = 1_000
const passingRules = new Set(['application-unknown', 'project-unknown', 'application-destination'])

/** Whether the call may be made, by who makes it, for what, and where. @throws Refused */
export async function judge(understood: Understood, parts: GateParts): Promise<Permitted> {
  understood.kind = await kindOf(understood, parts)
  const decision = await decideOnceSettled(understood, parts)
  if (!decision.allowed) throw denied(understood, decision)
  return Object.assign(understood, { decision })
}

/** Only what is done for an application depends on the kind: its project names it. */
async function kindOf({ request, cluster, claim, call }: Understood, { upstreams }: GateParts) {
  const needsKind = isMutation(request) && claim.application !== undefined && call.caller.kind === 'service'
  return needsKind && request.resource ? upstreams.kindOf(cluster, request.resource) : undefined
}

async function decideOnceSettled(understood: Understood, { declarations, now }: GateParts): Promise<Decision> {
  const { call, request, cluster, claim, kind } = understood
  const question = { caller: call.caller, request, cluster, claim, kind, bodyFields: () => bodyFields(call.body) }
  let decision = decide(question, declarations.facts)
  const patientUntil = now() + settlesWithinMs
  while (!decision.allowed && passingRules.has(decision.rule) && now() < patientUntil) {
    await declarations.changed(patientUntil - now())
    decision = decide(question, declarations.facts)
  }
  return decision
}

function denied({ call, request, cluster }: Understood, decision: Decision): Refused {
  const passing = decision.isPassing === true
  const message = `${call.caller.id} may not ${request.verb} ${request.path} on cluster ${cluster.name}: ${decision.reason} (rule ${decision.rule})`
  const answer = passing ? { status: 503, reason: 'ServiceUnavailable' } : { status: 403, reason: 'Denied' }
  return new Refused({ ...answer, message }, decision.rule)
}
