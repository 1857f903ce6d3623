import { deadlineOf } from '@k8or/cluster-client'
import { passPoint, type Moment } from '@k8or/fault-points'
import { describeError } from '@k8or/outcome'
import { Agent, request, type buildConnector } from 'undici'
import { Breaker } from '../../domain/breaker/breaker'
import { ClusterTroubleError, type UpstreamAnswer, type UpstreamCall } from '../../domain/ports'
import { describeUnreachable, type ClusterEntry } from '../../domain/routing/clusters'
import { Bulkhead } from './bulkhead'
import type { ClusterCredentials } from './credentials'
import { Pending } from './pending'
import { WatchAgent } from './watch-agent'

/** How a cluster is treated. */
export interface ConnectionLimits {
  readonly concurrency: number
  readonly queue: number
  readonly waitMs: number
  readonly watches: number
  readonly connectMs: number
}

const breakerOptions = { failures: 3, firstOpenMs: 500, longestOpenMs: 10_000 }
/** A watch answers its first line at once, or something is wrong. */
const watchHeadersMs = 30_000
/** How long a watch waits for a cluster that does not answer. */
const watchHeldMs = 20_000

/** The way to one cluster: its connections, its breaker, its places. */
export class Connection {
  private readonly calls: Agent
  private readonly watches: WatchAgent
  private readonly breaker = new Breaker(breakerOptions)
  private readonly places: Bulkhead
  private readonly watchPlaces: Bulkhead
  /** Those who wait for the cluster to answer again. */
  private readonly returned = new Pending()
  private isClosed = false
  /** Since when the cluster has not answered, and why at first: what follows says the same in other words. */
  private away: { readonly since: string; readonly reason: string } | undefined

  constructor(
    public entry: ClusterEntry,
    readonly credentials: ClusterCredentials,
    limits: ConnectionLimits,
    private readonly onTrouble: () => void,
  ) {
    // Their types differ in whether an absent option may be given as undefined.
    const connect = { ...credentials.tls, timeout: limits.connectMs } as buildConnector.BuildOptions
    this.calls = new Agent({ connect, connections: limits.concurrency, allowH2: false, keepAliveTimeout: 60_000 })
    this.watches = new WatchAgent(connect)
    this.places = new Bulkhead(entry.name, limits)
    this.watchPlaces = new Bulkhead(entry.name, { concurrency: limits.watches, queue: 0, waitMs: 0 })
  }

  /** Sends a call when the breaker and the places let it. @throws ClusterTroubleError */
  async send(call: UpstreamCall): Promise<UpstreamAnswer> {
    await this.admit(call)
    const leave = await (call.isWatch ? this.watchPlaces : this.places).enter(call.caller, call.signal)
    try {
      passMutation(call, 'before')
      const answer = await this.dispatch(call)
      passMutation(call, 'after')
      this.stands()
      answer.body.once('close', leave)
      return answer
    } catch (error) {
      leave()
      throw this.judged(error, call)
    }
  }

  /** Asks the cluster for its version, whatever the breaker says, and tells the breaker. Answers why it does not answer. */
  async probe(signal: AbortSignal, timeoutMs: number): Promise<{ version: string } | { reason: string }> {
    try {
      const version = await this.ask('/version', signal, timeoutMs)
      if (version.status === 401)
        return this.tripped(`it refuses the credentials; renew them in the Secret of cluster ${this.entry.name}`)
      if (version.status >= 500) return this.tripped(`it answered ${version.status}`)
      // A server that comes back answers for its version before it serves everything.
      if (this.breaker.reason !== undefined && (await this.ask('/readyz', signal, timeoutMs)).status >= 500)
        return this.tripped('it is starting')
      this.stands()
      return { version: versionIn(version.text) }
    } catch (error) {
      if (signal.aborted) throw error
      return this.tripped(describeError(error))
    }
  }

  /** Breaks all connections, watches included. */
  async close(): Promise<void> {
    this.isClosed = true
    this.returned.tell()
    await Promise.all([this.calls.destroy(), this.watches.destroy()])
  }

  /** A watch waits until the cluster answers again: it is back at once then, and costs nothing until then. */
  private async admit({ isWatch, signal }: UpstreamCall): Promise<void> {
    const heldUntil = Date.now() + (isWatch ? watchHeldMs : 0)
    for (;;) {
      const admission = this.breaker.admit(Date.now())
      if (admission.admitted) return
      const left = heldUntil - Date.now()
      if (left <= 0) throw this.unreachable('unreachable', admission.reason, { retryAfterMs: admission.retryAfterMs })
      await this.returned.wait(left, signal)
      signal.throwIfAborted()
      if (this.isClosed) throw this.unreachable('unreachable', 'it was retired')
    }
  }

  private async ask(target: string, signal: AbortSignal, timeoutMs: number): Promise<{ status: number; text: string }> {
    const call = { method: 'GET', target, headers: { accept: 'application/json' }, body: undefined, caller: 'probe' }
    const answer = await this.dispatch({ ...call, isWatch: false, signal, timeoutMs })
    return { status: answer.status, text: await textOf(answer) }
  }

  private unreachable(
    kind: 'unreachable' | 'late',
    reason: string,
    more: { retryAfterMs?: number; cause?: unknown } = {},
  ): ClusterTroubleError {
    const { since, reason: first } = this.gone(reason)
    return new ClusterTroubleError(kind, describeUnreachable(this.entry, first, since), more.retryAfterMs, {
      cause: more.cause,
    })
  }

  private gone(reason: string): { readonly since: string; readonly reason: string } {
    return (this.away ??= { since: `${new Date().toISOString().slice(0, 19)}Z`, reason })
  }

  private stands(): void {
    this.away = undefined
    const wasAway = this.breaker.reason !== undefined
    this.breaker.succeeded()
    if (wasAway) this.returned.tell()
  }

  private tripped(reason: string): { reason: string } {
    this.gone(reason)
    this.breaker.trip(Date.now(), reason)
    return { reason }
  }

  private async dispatch(call: UpstreamCall): Promise<UpstreamAnswer> {
    const authorization = await this.credentials.authorization()
    const deadline = deadlineOf(call.signal, call.isWatch ? watchHeadersMs : call.timeoutMs)
    try {
      const asked = request(`${this.credentials.server}${call.target}`, {
        method: call.method,
        headers: authorization === undefined ? call.headers : { ...call.headers, authorization },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: deadline.signal,
        dispatcher: call.isWatch ? this.watches.dispatcher : this.calls,
      })
      const answer = await deadline.race(asked, (late) => late.body.destroy())
      if (call.isWatch) deadline.lift()
      answer.body.once('close', () => deadline.end())
      return { status: answer.statusCode, headers: flatten(answer.headers), body: answer.body }
    } catch (error) {
      deadline.end()
      if (call.isWatch && this.watches.fallsBackAfter(error)) return this.dispatch(call)
      throw deadline.isOver() ? new DeadlineError(`no answer within ${deadline.ms} ms`) : error
    }
  }

  /** Who went away says nothing about the cluster. */
  private judged(error: unknown, { signal }: UpstreamCall): unknown {
    if (signal.aborted) return signal.reason
    const reason = describeError(error)
    this.breaker.failed(Date.now(), reason)
    this.onTrouble()
    const kind = error instanceof DeadlineError ? 'late' : 'unreachable'
    return this.unreachable(kind, reason, { cause: error })
  }
}

class DeadlineError extends Error {}

function passMutation({ method }: UpstreamCall, moment: Moment): void {
  if (method !== 'GET') passPoint('accesspoint', 'cluster', method.toLowerCase(), moment)
}

async function textOf({ body }: UpstreamAnswer): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function versionIn(text: string): string {
  return /"gitVersion":\s*"([^"]{1,60})"/.exec(text)?.[1] ?? ''
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ')
  return flat
}
