import { withSpan, withTraceparent } from '@k8or/telemetry'
import type { AnswerCall } from '../http/cluster-route'
import type { Signals } from '../../signals'

/** Answers calls as a part of the caller's trace, and counts them. */
export function observed(answerCall: AnswerCall, signals: Signals): AnswerCall {
  return (call) =>
    withTraceparent(call.headers['traceparent'], () =>
      withSpan(
        `gate ${call.method}`,
        { 'k8or.cluster': call.cluster, 'k8or.caller': call.caller.id },
        async () => {
          const begun = performance.now()
          const answer = await answerCall(call)
          signals.callAnswered(call, answer.status, (performance.now() - begun) / 1000)
          return answer
        },
        { kind: 'server' },
      ),
    )
}
