import { objectKey } from '../fence/fence'
import { isDryRun } from '../request/kube-request'
import { admitFence, respectStops } from './admit-change'
import type { GateParts, Permitted } from './call-in-hand'
import type { GateAnswer } from './gate-call'
import { note, noteAnyway } from './on-record'
import { send } from './send'

/** Passes a mutation on: one after the other for each object, and only once its intent is on record. */
export async function changeInTurn(permitted: Permitted, parts: GateParts): Promise<GateAnswer> {
  const { request, cluster, decision, call } = permitted
  const key = request.resource ? objectKey(cluster.name, request.resource) : cluster.name
  const asksOnly = isQuestion(permitted)
  const endTurn = asksOnly ? undefined : await parts.turns.take(key)
  try {
    call.signal.throwIfAborted()
    respectStops(permitted, parts)
    if (!asksOnly) admitFence(permitted, key, parts)
    note(permitted, parts, { phase: 'intent', outcome: 'allowed', rule: decision.rule })
    await parts.audit.settle()
    // Nothing begins any more once somebody was told that it stands still.
    respectStops(permitted, parts)
    const answer = await send(permitted, parts)
    noteAnyway(permitted, parts, { phase: 'outcome', outcome: 'allowed', rule: decision.rule, status: answer.status })
    return answer
  } finally {
    endTurn?.()
  }
}

/** A dry run under no lease: whoever asks what an apply would change need not own the application. */
function isQuestion({ request, claim, call }: Permitted): boolean {
  return call.caller.kind === 'service' && claim.lease === 0 && isDryRun(request)
}
