import { bodyFields } from '../access/body-fields'
import { decide, type Decision } from '../access/decide'
import { describeCall, tokenOf, type DescribedOutcome } from '../audit/describe-call'
import { objectKey, type Fence } from '../fence/fence'
import type { Fences } from '../fence/fences'
import type { Turns } from '../fence/turns'
import { describeStop, type Stops } from '../stop/stops'
import {
  AuditFullError,
  ClusterTroubleError,
  type Audit,
  type Clock,
  type Declarations,
  type Upstreams,
} from '../ports'
import { claimOf, headersForCaller, headersForCluster, type Claim } from '../request/headers'
import { HostilePathError, isDryRun, isMutation, targetOf, type KubeRequest } from '../request/kube-request'
import { parseRequest } from '../request/parse-request'
import { UnknownClusterError, type ClusterEntry } from '../routing/clusters'
import type { GateAnswer, GateCall } from './gate-call'
import { refusalAnswer, type Refusal } from './refusal'

/** What the gate works with. */
export interface GateParts {
  readonly declarations: Declarations
  readonly upstreams: Upstreams
  readonly audit: Audit
  readonly fences: Fences
  readonly turns: Turns
  readonly stops: Stops
  readonly now: Clock
  /** Told of every call that the gate itself refuses. */
  readonly onRefused: (call: GateCall, status: number, message: string) => void
}

/** A call as far as it is understood; grows from step to step. */
interface Progress {
  readonly call: GateCall
  readonly claim: Claim
  readonly begun: number
  request?: KubeRequest
  cluster?: ClusterEntry
  kind?: { kind: string; namespaced: boolean } | undefined
  decision?: Decision
}

/** Ends a call with an answer of the gate's own. */
class Refused extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly rule: string,
    readonly outcome: 'denied' | 'failed' = 'denied',
  ) {
    super(refusal.message)
  }
}

/** How long a denial waits for declarations that may be on their way: who asks may have seen them a moment earlier. */
const settlesWithinMs = 1_000
const passingRules = new Set(['application-unknown', 'project-unknown', 'application-destination'])

/**
 * Answers one call: understand it, find its cluster, judge it, record it, fence it, pass it on. Whatever it comes to, it is on
 * record. Never rejects but with the reason of the caller's signal.
 */
export async function answerCall(call: GateCall, parts: GateParts): Promise<GateAnswer> {
  const progress: Progress = { call, claim: claimOf(call.headers), begun: parts.now() }
  try {
    progress.request = parseRequest(call.method, call.target)
    progress.cluster = parts.declarations.clusters.byNameOrServer(call.cluster)
    progress.decision = await judge(progress.request, progress.cluster, progress, parts)
    return await pass(progress.request, progress.cluster, progress.decision, progress, parts)
  } catch (error) {
    if (call.signal.aborted) return gone(progress, parts)
    return refuse(refusedBecause(error), progress, parts)
  }
}

async function judge(
  request: KubeRequest,
  cluster: ClusterEntry,
  progress: Progress,
  parts: GateParts,
): Promise<Decision> {
  const { call, claim } = progress
  const { declarations, upstreams, now } = parts
  const needsKind = isMutation(request) && claim.application !== undefined && call.caller.kind === 'service'
  progress.kind = needsKind && request.resource ? await upstreams.kindOf(cluster, request.resource) : undefined
  const question = {
    caller: call.caller,
    request,
    cluster,
    claim,
    kind: progress.kind,
    bodyFields: () => bodyFields(call.body),
  }
  let decision = decide(question, declarations.facts)
  const patientUntil = now() + settlesWithinMs
  while (!decision.allowed && passingRules.has(decision.rule) && now() < patientUntil) {
    await declarations.changed(patientUntil - now())
    decision = decide(question, declarations.facts)
  }
  if (decision.allowed) return decision
  const passing = decision.isPassing === true
  throw new Refused(
    {
      status: passing ? 503 : 403,
      reason: passing ? 'ServiceUnavailable' : 'Denied',
      message: `${call.caller.id} may not ${request.verb} ${request.path} on cluster ${cluster.name}: ${decision.reason} (rule ${decision.rule})`,
    },
    decision.rule,
  )
}

function pass(
  request: KubeRequest,
  cluster: ClusterEntry,
  decision: Decision,
  progress: Progress,
  parts: GateParts,
): Promise<GateAnswer> {
  if (isMutation(request)) return passMutation(request, cluster, decision, progress, parts)
  return request.verb === 'watch'
    ? passWatch(request, cluster, decision, progress, parts)
    : passRead(request, cluster, decision, progress, parts)
}

async function passRead(
  ...[request, cluster, decision, progress, parts]: Parameters<typeof pass>
): Promise<GateAnswer> {
  const answer = await send(request, cluster, decision, progress, parts)
  note(progress, parts, { phase: 'outcome', outcome: 'allowed', rule: decision.rule, status: answer.status })
  return answer
}

async function passWatch(
  ...[request, cluster, decision, progress, parts]: Parameters<typeof pass>
): Promise<GateAnswer> {
  const answer = await send(request, cluster, decision, progress, parts)
  const said = { outcome: 'allowed', rule: decision.rule, status: answer.status } as const
  note(progress, parts, { phase: 'open', ...said })
  answer.body.once('close', () => noteAnyway(progress, parts, { phase: 'close', ...said }))
  return answer
}

async function passMutation(
  ...[request, cluster, decision, progress, parts]: Parameters<typeof pass>
): Promise<GateAnswer> {
  const key = request.resource ? objectKey(cluster.name, request.resource) : cluster.name
  const asksOnly = isQuestion(request, progress)
  const endTurn = asksOnly ? undefined : await parts.turns.take(key)
  try {
    progress.call.signal.throwIfAborted()
    respectStops(request, cluster, progress, parts)
    if (!asksOnly) admitFence(request, key, progress, parts)
    note(progress, parts, { phase: 'intent', outcome: 'allowed', rule: decision.rule })
    await parts.audit.settle()
    // Nothing begins any more once somebody was told that it stands still.
    respectStops(request, cluster, progress, parts)
    const answer = await send(request, cluster, decision, progress, parts)
    noteAnyway(progress, parts, { phase: 'outcome', outcome: 'allowed', rule: decision.rule, status: answer.status })
    return answer
  } finally {
    endTurn?.()
  }
}

/** While an emergency stop stands, nothing is changed for applications; reads, dry runs and what people do go on. */
function respectStops(
  request: KubeRequest,
  cluster: ClusterEntry,
  { call, claim }: Progress,
  { stops }: GateParts,
): void {
  if (call.caller.kind !== 'service' || claim.application === undefined || isDryRun(request)) return
  const what = `${request.verb} ${request.path} on cluster ${cluster.name}`
  if (!stops.areKnown) throw unread(what, 'whether an emergency stop stands', 'STOPS')
  const stop = stops.over(cluster.name)
  if (!stop) return
  const message = `${what} is held back: ${describeStop(stop)}; it goes on once somebody lifts it (k8or emergency-stop lift)`
  throw new Refused({ status: 403, reason: 'Stopped', message }, 'emergency-stop')
}

/** A dry run under no lease: whoever asks what an apply would change need not own the application. */
function isQuestion(request: KubeRequest, { claim, call }: Progress): boolean {
  return call.caller.kind === 'service' && claim.lease === 0 && isDryRun(request)
}

function admitFence(request: KubeRequest, key: string, { claim, call }: Progress, { fences }: GateParts): void {
  const { application, release, setbacks, lease } = claim
  if (call.caller.kind !== 'service' || application === undefined || release === undefined || lease === undefined)
    return
  if (!fences.knowsOwners) throw unread(`${request.verb} ${request.path}`, 'who owns which applications', 'LEASES')
  const fence: Fence = { application, release, setbacks, lease }
  const reason = isDryRun(request) ? fences.test(fence, key) : fences.admit(fence, key)
  if (reason === undefined) return
  throw new Refused(
    { status: 409, reason: 'Fenced', message: `${request.verb} ${request.path} is fenced off: ${reason}` },
    'fence',
  )
}

/** What AccessPoint knew before a restart has to be known again first: until then the answer is no. */
function unread(what: string, which: string, record: string): Refused {
  const message = `${what} can not be judged yet: ${which} was not read since AccessPoint started (record ${record}); it is tried again`
  return new Refused({ status: 503, reason: 'ServiceUnavailable', message, retryAfterMs: 1_000 }, 'unread')
}

async function send(
  ...[request, cluster, decision, { call }, { upstreams }]: Parameters<typeof pass>
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

/** Says why a call ends here, in the words of the answer. */
function refusedBecause(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (error instanceof HostilePathError)
    return new Refused({ status: 400, reason: 'BadRequest', message: error.message }, 'hostile-path')
  if (error instanceof UnknownClusterError)
    return new Refused({ status: 400, reason: 'UnknownCluster', message: error.message }, 'unknown-cluster')
  if (error instanceof ClusterTroubleError) {
    const status = { unreachable: 503, busy: 429, late: 504 }[error.kind]
    const { message, retryAfterMs } = error
    return new Refused(
      { status, reason: 'ServiceUnavailable', message, retryAfterMs },
      `cluster-${error.kind}`,
      'failed',
    )
  }
  if (error instanceof AuditFullError)
    return new Refused({ status: 503, reason: 'ServiceUnavailable', message: error.message }, 'audit-full', 'failed')
  throw error
}

function refuse({ refusal, rule, outcome }: Refused, progress: Progress, parts: GateParts): GateAnswer {
  const { status, message } = refusal
  noteAnyway(progress, parts, { phase: 'outcome', outcome, rule, reason: message, status })
  parts.onRefused(progress.call, status, message)
  return refusalAnswer(refusal)
}

function gone(progress: Progress, parts: GateParts): never {
  const rule = progress.decision?.rule ?? 'caller-gone'
  noteAnyway(progress, parts, { phase: 'outcome', outcome: 'failed', rule, reason: 'the caller went away' })
  throw progress.call.signal.reason
}

function note(progress: Progress, { audit, now, declarations }: GateParts, outcome: DescribedOutcome): void {
  const { call, request, kind, claim, decision, begun, cluster } = progress
  const described = {
    ...{ caller: call.caller.id, cluster: cluster?.name ?? call.cluster, method: call.method, target: call.target },
    ...{ request, kind: kind?.kind, claim, traceparent: call.headers['traceparent'] },
  }
  const latencyMs = outcome.phase === 'intent' ? {} : { latencyMs: now() - begun }
  const token = tokenOf(decision?.application, declarations.facts.controlNamespace)
  audit.note(describeCall(described, { ...outcome, ...latencyMs }, now()), token)
}

/** For what has happened already: a full audit can no longer stop it. */
function noteAnyway(...input: Parameters<typeof note>): void {
  try {
    note(...input)
  } catch (error) {
    if (!(error instanceof AuditFullError)) throw error
  }
}
