import { createClusters, type Gate } from '@k8or/cluster-client'
import {
  healthChanged,
  streams,
  syncFinished,
  syncStarted,
  typeOf,
  type Fact,
  type SyncFinished,
} from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { memoryJobs, type Jobs } from '@k8or/jobs'
import { withTraceparent } from '@k8or/telemetry'
import { AccessPointObjects } from './adapters/accesspoint/live-objects'
import { BusHealthRows } from './adapters/jetstream/health-rows'
import { TracedAnnouncer } from './adapters/jetstream/traced-announcer'
import { DeclaredApplications } from './adapters/jetstream/declared'
import { FactFeed } from './adapters/jetstream/fact-feed'
import { TickMarks } from './adapters/jobs/tick-marks'
import { SqliteFactIndex } from './adapters/sqlite/fact-index'
import type { Config } from './config'
import { Judge } from './domain/judge'
import type { WatchedKind } from './domain/watch/kinds'
import { describeGap } from './domain/trace/gap'
import { Silences } from './domain/watch/silences'
import { signals } from './signals'

const sweepMs = 1000
const trimMs = 60_000
const verdictsAtOnce = 256
const backoffMs = [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000]
/** Facts that the next start asks for, of every application. */
const neededAtStart = [syncFinished.fact, healthChanged.fact]

/** Everything of InsightHub that runs by itself: the watches, the judge and the index. Its calls are answered from here. */
export class Insight {
  readonly index: SqliteFactIndex
  readonly judge: Judge
  readonly declared: DeclaredApplications
  readonly #silences: Silences
  readonly #rows: BusHealthRows
  readonly #objects: AccessPointObjects
  readonly #jobs: Jobs
  readonly #feed: FactFeed
  #sweep: NodeJS.Timeout | undefined
  #isUp = false
  #nextTrim = 0

  constructor(
    private readonly config: Config,
    { bus, gate }: { bus: Bus; gate: Gate },
  ) {
    this.#silences = new Silences(config.silenceMs)
    this.index = new SqliteFactIndex(config.index.file)
    this.#rows = new BusHealthRows(bus)
    this.#objects = new AccessPointObjects(createClusters(gate), () => this.#observer())
    // Nothing is kept over a restart: what is to be said follows from what is seen then.
    this.#jobs = memoryJobs({
      name: 'insighthub-verdicts',
      concurrency: verdictsAtOnce,
      backoffMs,
      handler: (application) => this.judge.announce(application),
      onFailure: (application, failure) => signals.announceFailed(application, failure),
    })
    this.judge = new Judge({
      objects: this.#objects,
      rows: this.#rows,
      announcer: new TracedAnnouncer(bus.publisher),
      onAnnounced: (fact) => withTraceparent(fact.traceparent, () => signals.announced(fact)),
      marks: new TickMarks(this.#jobs),
      clock: { now: () => new Date() },
      silences: this.#silences,
    })
    this.#feed = new FactFeed(bus, this.index, {
      live: (fact, name) => this.#take(fact, name),
      lost: (stream) => this.#lost(stream),
    })
    this.declared = new DeclaredApplications(bus, {
      declare: (declared) => this.judge.declare(declared),
      forget: (application) => this.judge.forget(application),
      clusterIs: (cluster, reason) => this.judge.clusterIs(cluster, reason),
    })
  }

  /** Whether everything that was stored before the start has been read. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** Reads what was written before, then goes on from there. Nothing is begun any more once the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    const rows = await this.#rows.list()
    await this.declared.load()
    signal.throwIfAborted()
    await this.#feed.start()
    signal.throwIfAborted()
    const syncs = newestSyncs(this.index)
    this.judge.restore(
      rows,
      syncs.map(({ fact }) => ({ ...fact, application: fact.data.application.uid })),
    )
    this.declared.tell()
    this.#forgetUndeclared([...rows.map(({ value }) => value), ...syncs.map(({ fact }) => fact.data)])
    for (const { fact, hasVerdict } of syncs) if (!hasVerdict) this.judge.syncFinished(fact)
    this.#isUp = true
    for (const lost of this.judge.unannounced((id) => this.index.byIds([id]).length > 0)) {
      signals.announcedAgain(lost.id)
      await this.judge.announceLost(lost)
    }
    signal.throwIfAborted()
    this.#sweep = setInterval(() => this.#look(), sweepMs)
    signals.indexed(this.index.cursor('FACTS'), this.index.cursor('ACCESS'))
  }

  /** Ends the watches, lets what is being announced finish, and closes the index. */
  async stop(): Promise<void> {
    this.#isUp = false
    clearInterval(this.#sweep)
    this.#objects.stop()
    this.declared.stop()
    await this.#feed.stop()
    await this.#jobs.stop()
    this.index.close()
  }

  /** Applications may have gone while nobody looked. */
  #forgetUndeclared(known: readonly { readonly application: { readonly uid: string } }[]): void {
    const declared = new Set(this.declared.uids())
    const gone = new Set(known.map(({ application }) => application.uid).filter((uid) => !declared.has(uid)))
    for (const uid of gone) this.judge.forget(uid)
  }

  #take(fact: Fact<unknown>, name: string): void {
    if (!this.#isUp) return
    if (name === syncStarted.fact) this.judge.syncStarted({ ...fact, data: syncStarted.schema.parse(fact.data) })
    if (name === syncFinished.fact) this.judge.syncFinished({ ...fact, data: syncFinished.schema.parse(fact.data) })
  }

  #look(): void {
    this.judge.sweep()
    this.index.flush()
    if (performance.now() >= this.#nextTrim) this.#trim()
  }

  #trim(): void {
    const { maxAgeMs, maxBytes } = this.config.index
    const keepNewest = { facts: neededAtStart, applications: this.declared.uids() }
    const removed = this.index.trim({ before: Date.now() - maxAgeMs, maxBytes, keepNewest })
    if (removed > 0) signals.trimmed(removed)
    this.#nextTrim = performance.now() + (removed > 0 ? 0 : trimMs)
  }

  #lost(stream: string): void {
    const gaps = this.index.gaps().filter((gap) => gap.stream === stream)
    signals.lost(stream, gaps.map(describeGap))
    // Who lost the facts lost the rows as well.
    if (this.#isUp && stream === streams.FACTS.name) this.judge.tellAgain()
  }

  #observer() {
    return {
      begins: (cluster: string, kind: WatchedKind) => this.judge.troubled(cluster, kind, 'its watch has not begun'),
      snapshot: this.judge.sightings.snapshot.bind(this.judge.sightings),
      seen: this.judge.sightings.seen.bind(this.judge.sightings),
      vanished: this.judge.sightings.vanished.bind(this.judge.sightings),
      stands: this.judge.stands.bind(this.judge),
      troubled: (cluster: string, kind: WatchedKind, reason: string) => {
        if (!this.#silences.hasTrouble(cluster)) signals.watchTroubled(cluster, kind, reason)
        this.judge.troubled(cluster, kind, reason)
      },
    }
  }
}

/** The newest sync of every application, and whether a verdict came after it. */
function newestSyncs(index: SqliteFactIndex): { fact: Fact<SyncFinished>; hasVerdict: boolean }[] {
  const verdicts = new Map(
    index.newestOfEach(healthChanged.fact).map(({ application, sequence }) => [application, sequence]),
  )
  return index.newestOfEach(syncFinished.fact).map((indexed) => ({
    fact: {
      ...indexed,
      type: typeOf(syncFinished),
      time: new Date(indexed.time).toISOString(),
      data: syncFinished.schema.parse(indexed.data),
    },
    hasVerdict: (verdicts.get(indexed.application) ?? 0) > indexed.sequence,
  }))
}
