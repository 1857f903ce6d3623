import type { Fact } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { indexFact, isWorthKeeping, type IndexedFact } from '../../domain/trace/indexed-fact'
import type { SqliteFactIndex } from '../sqlite/fact-index'

type Stream = IndexedFact['stream']

/** Reads the streams into the index, from where it stopped, and hands on what comes after. */
export class FactFeed {
  readonly #stop = new AbortController()
  readonly #replays: Promise<void>[] = []

  constructor(
    private readonly bus: Bus,
    private readonly index: SqliteFactIndex,
    private readonly onLive: (fact: Fact<unknown>, name: string) => void,
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
      signal: this.#stop.signal,
      onFact: (fact, { sequence, subject }) => {
        const indexed = indexFact(fact, { stream, sequence, subject })
        if (isWorthKeeping(indexed)) this.index.add(indexed)
        else this.index.skipTo(stream, sequence)
        if (isLive && stream === 'FACTS') this.onLive(fact, indexed.fact)
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
