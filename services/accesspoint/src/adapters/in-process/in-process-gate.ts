import { deadlineOf, type Gate } from '@k8or/cluster-client'
import { Later } from '@k8or/outcome'
import { serviceCaller } from '../../domain/access/caller'
import { refusalAnswer } from '../../domain/answer/refusal'
import type { AnswerCall } from '../http/cluster-route'

const longestCallMs = 60_000
/** What the gate does besides asking the cluster, whose own deadline says better what happened. */
const reserveMs = 250

/** The road to the clusters inside one process: the same rules, fences, limits and records as over the network. */
export function inProcessGate(peer: { readonly spiffeId: string }, trustDomain: string, answerCall: AnswerCall): Gate {
  const caller = serviceCaller(peer.spiffeId, trustDomain)
  return {
    call: async ({ cluster, method, path, headers, body, signal, timeoutMs }) => {
      if (!caller) return refusalAnswer(unknown(peer.spiffeId))
      const deadline = deadlineOf(signal, timeoutMs === 0 ? 0 : timeoutMs + reserveMs)
      const limits = { signal: deadline.signal, timeoutMs: timeoutMs === 0 ? longestCallMs : timeoutMs }
      const call = { caller, cluster, method, target: path, headers: inLowerCase(headers), body, ...limits }
      try {
        const answer = await deadline.race(answerCall(call), (late) => late.body.destroy())
        answer.body.once('close', () => deadline.end())
        return answer
      } catch (error) {
        deadline.end()
        if (signal.aborted) throw signal.reason
        if (deadline.isOver()) throw new Later(`no answer within ${timeoutMs} ms`, undefined, { cause: error })
        throw error
      }
    },
  }
}

function inLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function unknown(spiffeId: string) {
  return { status: 401, reason: 'Unauthorized', message: `${spiffeId} is no service of this mesh` }
}
