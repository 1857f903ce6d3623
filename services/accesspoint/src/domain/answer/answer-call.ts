import { parseRequest } from '../request/parse-request'
import { takeInHand, type CallInHand, type GateParts, type Understood } from './call-in-hand'
import type { GateAnswer, GateCall } from './gate-call'
import { judge } from './judge'
import { noteAnyway } from './on-record'
import { passOn } from './pass-on'
import { refusalAnswer, refusedBecause, type Refused } from './refusal'

/**
 * Answers one call: understand it, judge it, pass it on. Whatever it comes to, it is on record. Never rejects but with the
 * reason of the caller's signal.
 */
export async function answerCall(call: GateCall, parts: GateParts): Promise<GateAnswer> {
  const inHand = takeInHand(call, parts)
  try {
    const understood = understand(inHand, parts)
    const permitted = await judge(understood, parts)
    return await passOn(permitted, parts)
  } catch (error) {
    if (call.signal.aborted) return gone(inHand, parts)
    return refuse(refusedBecause(error), inHand, parts)
  }
}

/** Reads what is asked for, and of which cluster. */
function understand(inHand: CallInHand, { declarations }: GateParts): Understood {
  const { call } = inHand
  const parsed = Object.assign(inHand, { request: parseRequest(call.method, call.target) })
  return Object.assign(parsed, { cluster: declarations.clusters.byNameOrServer(call.cluster) })
}

function refuse({ refusal, rule, outcome }: Refused, inHand: CallInHand, parts: GateParts): GateAnswer {
  const { status, message } = refusal
  noteAnyway(inHand, parts, { phase: 'outcome', outcome, rule, reason: message, status })
  parts.onRefused(inHand.call, status, message)
  return refusalAnswer(refusal)
}

function gone(inHand: CallInHand, parts: GateParts): never {
  const rule = inHand.decision?.rule ?? 'caller-gone'
  noteAnyway(inHand, parts, { phase: 'outcome', outcome: 'failed', rule, reason: 'the caller went away' })
  throw inHand.call.signal.reason
}
