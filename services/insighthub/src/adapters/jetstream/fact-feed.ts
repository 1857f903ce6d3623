import type { Fact } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { indexFact, isWorthKeeping, type IndexedFact } from '../../domain/trace/indexed-fact'
import type { SqliteFactIndex } from '../sqlite/fact-index'

type Stream = IndexedFact['stream']

/** Who is told of what comes after the start. */
export interface FeedListener {
  live(fact: Fact<unknown>, name: string): void
  /** Another stream has the name of one that was read. */
  lost(stream: Stream): void
}

/** Reads the streams into the index, from where it stopped, and hands on what comes after. */
export class FactFeed {
  readonly #stop = new AbortController()
  readonly #replays: Promise<void>[] = []

  constructor(
    private readonly bus: Bus,
    private readonly index: SqliteFactIndex,
    private readonly listener: FeedListener,
  ) {}

  /** Resolves when everything that is stored now is in the index; what comes later goes on coming. */
  async start(): Promise<void> {
    await Promise.all([this.#follow('FACTS'), this.#follow('ACCESS')])
  }

  /** Ends the replays. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#replays)
  }

  #follow(stream: Stream): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    let isLive = false
    const replay = this.bus.replay({
      stream,
      fromSequence: this.index.cursor(stream),
      ofStream: this.index.streamOf(stream),
      onStream: ({ created, isAnother }) => {
        this.index.begin(stream, { created, isAnother }, Date.now())
        if (isAnother) this.listener.lost(stream)
      },
      signal: this.#stop.signal,
      onFact: (fact, { sequence, subject }) => {
        const indexed = indexFact(fact, { stream, sequence, subject })
        if (isWorthKeeping(indexed)) this.index.add(indexed)
        else this.index.skipTo(stream, sequence)
        if (isLive && stream === 'FACTS') this.listener.live(fact, indexed.fact)
      },
      onCaughtUp: () => {
        isLive = true
        resolve(undefined)
      },
    })
    this.#replays.push(replay)
    replay.then(() => resolve(undefined), reject)
    return promise
  }
}
