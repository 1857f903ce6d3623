import type { Gate } from '@k8or/cluster-client'
import { serviceCaller } from '../../domain/access/caller'
import { refusalAnswer } from '../../domain/answer/refusal'
import type { AnswerCall } from '../http/cluster-route'

const longestCallMs = 60_000

/** The road to the clusters inside one process: the same rules, fences, limits and records as over the network. */
export function inProcessGate(peer: { readonly spiffeId: string }, trustDomain: string, answerCall: AnswerCall): Gate {
  const caller = serviceCaller(peer.spiffeId, trustDomain)
  return {
    call: async ({ cluster, method, path, headers, body, signal, timeoutMs }) => {
      if (!caller)
        return refusalAnswer({
          status: 401,
          reason: 'Unauthorized',
          message: `${peer.spiffeId} is no service of this mesh`,
        })
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
      const deadline = timeoutMs === 0 ? longestCallMs : timeoutMs
      return answerCall({ caller, cluster, method, target: path, headers: lower, body, signal, timeoutMs: deadline })
    },
  }
}
