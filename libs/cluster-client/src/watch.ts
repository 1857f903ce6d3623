import type { KubeObject } from '@k8or/kube-objects'
import { describeError } from '@k8or/outcome'
import { BackOff, pause } from './back-off'
import type { ApiResource, WatchOptions } from './clusters'
import type { Discovery } from './discovery'
import { statusOf, type KubeCalls } from './kube-calls'
import { kindNotServed, KubeError, refusal, type Subject } from './kube-error'
import { readBody } from './read-body'
import { collectionPath, queryOf } from './resource-paths'
import { readWatch, WatchEndedError, type WatchLine } from './watch-stream'

/** Watches are renewed within this many seconds, so that one whose connection died in silence does not stay so. */
const renewedAfterSeconds = { least: 300, spread: 300 }
const firstWaitMs = 200
const longestWaitMs = 10_000
/** A kind may be served a moment after its definition was applied. */
const longestWaitForKindMs = 2_000
const shortestMs = 1_000
const initialEventsEnd = 'k8s.io/initial-events-end'

/** What a watch asks of the rest of the client. */
export interface WatchNeeds {
  readonly calls: KubeCalls
  readonly discovery: Discovery
  readonly list: (resource: ApiResource) => Promise<{ items: KubeObject[]; resourceVersion: string }>
}

/** One list-and-watch that goes on until its signal aborts. */
export class Watch {
  private resourceVersion = ''
  private isInTrouble = false
  private canStreamList = true
  /** When the stream that is read was opened. */
  private openSince = Infinity
  private readonly backOff = new BackOff(firstWaitMs, longestWaitMs)

  constructor(
    private readonly cluster: string,
    private readonly kind: Pick<ApiResource, 'group' | 'version' | 'kind'>,
    private readonly options: WatchOptions,
    private readonly needs: WatchNeeds,
  ) {}

  /** Keeps it going. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.options
    while (!signal.aborted) {
      this.openSince = Infinity
      try {
        await this.once()
        if (this.hasStood()) this.backOff.reset()
        // A server that ends watches at once is not asked again at once.
        else await pause(this.backOff.next(), signal)
      } catch (error) {
        if (isAborted(signal)) return
        if (this.hasStood()) this.backOff.reset()
        if (error instanceof WatchEndedError && error.isExpired) this.resourceVersion = ''
        else this.tellTrouble(error)
        const isUnserved = error instanceof KubeError && error.reason === 'KindNotServed'
        await pause(Math.min(this.backOff.next(), isUnserved ? longestWaitForKindMs : longestWaitMs), signal)
      }
    }
  }

  /** Whether the stream that has ended was open for a while, however it ended. */
  private hasStood(): boolean {
    return performance.now() - this.openSince >= shortestMs
  }

  private async once(): Promise<void> {
    const resource = await this.needs.discovery.find(this.cluster, this.kind, { signal: this.options.signal })
    if (!resource) throw kindNotServed(this.subject)
    if (this.resourceVersion !== '') return this.follow(resource)
    if (this.canStreamList) return this.snapshotByStream(resource)
    const { items, resourceVersion } = await this.needs.list(resource)
    this.takeSnapshot(items, resourceVersion)
    return this.follow(resource)
  }

  private follow(resource: ApiResource): Promise<void> {
    return this.stream(resource, { resourceVersion: this.resourceVersion }, (line) => this.takeLine(line))
  }

  /** The present objects come as events, ended by a marked bookmark: no second call, no large answer in memory. */
  private snapshotByStream(resource: ApiResource): Promise<void> {
    let initial: KubeObject[] | undefined = []
    const query = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
    return this.stream(resource, query, (line) => {
      if (initial === undefined) {
        this.takeLine(line)
        return
      }
      if (line.type === 'ADDED') initial.push(line.object)
      if (line.type !== 'BOOKMARK' || line.object.metadata.annotations?.[initialEventsEnd] !== 'true') return
      this.takeSnapshot(initial, line.object.metadata.resourceVersion ?? '')
      initial = undefined
    })
  }

  private async stream(
    resource: ApiResource,
    query: Record<string, string | boolean>,
    onLine: (line: WatchLine) => void,
  ): Promise<void> {
    const { namespace = '', labelSelector, fieldSelector, signal } = this.options
    const timeoutSeconds = renewedAfterSeconds.least + Math.floor(Math.random() * renewedAfterSeconds.spread)
    const parameters = {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds,
      labelSelector,
      fieldSelector,
      ...query,
    }
    const path = `${collectionPath(resource, namespace)}${queryOf(parameters)}`
    const overdue = AbortSignal.timeout((timeoutSeconds + 30) * 1000)
    const ending = AbortSignal.any([signal, overdue])
    const response = await this.needs.calls.open(this.subject, { method: 'GET', path, signal: ending, timeoutMs: 0 })
    if (response.status !== 200) {
      this.refused(response.status, await readBody(response.body))
      return
    }
    this.openSince = performance.now()
    if (this.resourceVersion !== '') this.tellStanding()
    await readWatch(response.body, onLine)
  }

  private refused(status: number, body: Buffer): void {
    const answer = statusOf(parseOr(body))
    if (status === 410) throw new WatchEndedError({ ...answer, code: 410 })
    if (status === 404) this.needs.discovery.forget(this.cluster)
    // A server that can not stream lists refuses the parameters.
    if ((status === 400 || status === 422 || status === 403) && this.canStreamList && this.resourceVersion === '')
      if (/sendInitialEvents|resourceVersionMatch/.test(answer.message ?? '')) {
        this.canStreamList = false
        return
      }
    throw refusal(this.subject, status, answer)
  }

  private takeSnapshot(objects: KubeObject[], resourceVersion: string): void {
    this.resourceVersion = resourceVersion
    this.tellStanding()
    this.backOff.reset()
    this.options.onSnapshot(objects)
  }

  private takeLine(line: WatchLine): void {
    if (line.type === 'ERROR') return
    this.resourceVersion = line.object.metadata.resourceVersion ?? this.resourceVersion
    if (line.type !== 'BOOKMARK') this.options.onEvent(line.type, line.object)
  }

  private tellTrouble(error: unknown): void {
    this.isInTrouble = true
    this.options.onTrouble?.(error instanceof Error ? error : new Error(describeError(error)))
  }

  private tellStanding(): void {
    if (!this.isInTrouble) return
    this.isInTrouble = false
    this.options.onTrouble?.(null)
  }

  private get subject(): Subject {
    const ref = { ...this.kind, namespace: this.options.namespace ?? '', name: '*' }
    return { verb: 'watch', cluster: this.cluster, ref }
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

function parseOr(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return body.toString('utf8')
  }
}
