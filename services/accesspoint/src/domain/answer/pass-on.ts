import { isMutation } from '../request/kube-request'
import type { GateParts, Permitted } from './call-in-hand'
import type { GateAnswer } from './gate-call'
import { changeInTurn } from './change-in-turn'
import { note, noteAnyway } from './on-record'
import { send } from './send'

/** Passes a call on that may be made, and puts on record what came of it. */
export function passOn(permitted: Permitted, parts: GateParts): Promise<GateAnswer> {
  if (isMutation(permitted.request)) return changeInTurn(permitted, parts)
  return permitted.request.verb === 'watch' ? passWatch(permitted, parts) : passRead(permitted, parts)
}

async function passRead(permitted: Permitted, parts: GateParts): Promise<GateAnswer> {
  const answer = await send(permitted, parts)
  const { rule } = permitted.decision
  note(permitted, parts, { phase: 'outcome', outcome: 'allowed', rule, status: answer.status })
  return answer
}

async function passWatch(permitted: Permitted, parts: GateParts): Promise<GateAnswer> {
  const answer = await send(permitted, parts)
  const said = { outcome: 'allowed', rule: permitted.decision.rule, status: answer.status } as const
  note(permitted, parts, { phase: 'open', ...said })
  answer.body.once('close', () => noteAnyway(permitted, parts, { phase: 'close', ...said }))
  return answer
}
