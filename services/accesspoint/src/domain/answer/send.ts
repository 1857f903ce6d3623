import { headersForCaller, headersForCluster } from '../request/headers'
import { targetOf } from '../request/kube-request'
import type { GateParts, Permitted } from './call-in-hand'
import type { GateAnswer } from './gate-call'

/** Asks the cluster, in our own words and with its credentials; its answer, without what is only between it and us. */
export async function send(
  { request, cluster, decision, call }: Permitted,
  { upstreams }: GateParts,
): Promise<GateAnswer> {
  const { caller, headers, body, signal, timeoutMs } = call
  const isWatch = request.verb === 'watch'
  const answer = await upstreams.send(cluster, {
    method: request.method,
    target: targetOf(request, decision.fieldSelector),
    headers: headersForCluster(headers, caller.kind === 'service' ? caller.service : caller.id),
    body,
    isWatch,
    caller: caller.id,
    signal,
    timeoutMs: isWatch ? 0 : timeoutMs,
  })
  return { status: answer.status, headers: headersForCaller(answer.headers), body: answer.body }
}
