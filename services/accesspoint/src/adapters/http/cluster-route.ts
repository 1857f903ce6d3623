import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../domain/access/caller'
import type { GateAnswer, GateCall } from '../../domain/answer/gate-call'
import { statusObject, type Refusal } from '../../domain/answer/refusal'
import { BodyTooLargeError, goneSignal, headersOf, readRequestBody, writeAnswer, writeJson } from './request-parts'

/** The gate's answer to a call, however it comes in. */
export type AnswerCall = (call: GateCall) => Promise<GateAnswer>

const prefix = '/clusters/'
const callTimeoutMs = 60_000

/** Whether a request is for a cluster. */
export function isForCluster(url: string): boolean {
  return url.startsWith(prefix)
}

/** Cluster and path of a URL such as `/clusters/staging/api/v1/pods`; the path stays as it was written. */
function splitClusterUrl(url: string): { cluster: string; target: string } {
  const rest = url.slice(prefix.length)
  const [name = ''] = rest.split(/[/?]/, 1)
  const target = rest.slice(name.length)
  return { cluster: decodeName(name), target: target.startsWith('/') ? target : `/${target}` }
}

/** Answers a request for a cluster on behalf of a caller who is known. */
export async function serveCluster(
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  answerCall: AnswerCall,
): Promise<void> {
  const signal = goneSignal(response)
  if (request.headers.upgrade !== undefined) {
    refuse(response, upgrades)
    return
  }
  try {
    const body = await readRequestBody(request)
    const { cluster, target } = splitClusterUrl(request.url ?? '')
    const method = request.method ?? ''
    const headers = headersOf(request)
    const answer = await answerCall({
      caller,
      cluster,
      method,
      target,
      headers,
      body,
      signal,
      timeoutMs: callTimeoutMs,
    })
    writeAnswer(response, answer)
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof BodyTooLargeError) {
      refuse(response, { status: 413, reason: 'RequestEntityTooLarge', message: error.message })
      return
    }
    throw error
  }
}

/** Refuses in Kubernetes' form. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  writeJson(
    response,
    refusal.status,
    statusObject(refusal),
    refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {},
  )
}

const upgrades: Refusal = {
  status: 501,
  reason: 'NotImplemented',
  message: 'the gate passes no upgraded connections (exec, attach, port-forward): use the cluster itself for those',
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
