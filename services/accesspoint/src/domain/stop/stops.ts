import { stopKey, type StopRecord } from '@k8or/contracts'

interface Known {
  readonly stop: StopRecord | undefined
  readonly revision: number
}

/**
 * The emergency stops that stand: over the whole mesh, or over one cluster. Until all were read, it is not known that none
 * does.
 */
export class Stops {
  /** By key, with the revision of the row that told it: what is older tells nothing. */
  private readonly known = new Map<string, Known>()
  private isRead = false

  /** Whether all that stand are known. */
  get areKnown(): boolean {
    return this.isRead
  }

  /** All that stand were taken. */
  allTaken(): void {
    this.isRead = true
  }

  /** A row of the record is so now; undefined when it is gone. */
  take(key: string, stop: StopRecord | undefined, revision: number): void {
    const { revision: last = 0 } = this.known.get(key) ?? {}
    if (revision >= last) this.known.set(key, { stop, revision })
  }

  /** A stop that is being raised stands at once, whatever older rows are still to be told. */
  raise(stop: StopRecord): void {
    this.known.set(stopKey(stop.cluster), { stop, revision: Infinity })
  }

  /** It has been recorded under this revision, or (0) could not be: then any row tells more. */
  recorded(stop: StopRecord, revision: number): void {
    this.known.set(stopKey(stop.cluster), { stop, revision })
  }

  /** It was lifted, and whatever is told of it next tells more. */
  lift(cluster: string): void {
    this.known.delete(stopKey(cluster))
  }

  /** What stands for exactly this cluster, or (empty) for the mesh. */
  of(cluster: string): StopRecord | undefined {
    return this.known.get(stopKey(cluster))?.stop
  }

  /** What keeps this cluster from being changed. */
  over(cluster: string): StopRecord | undefined {
    return this.of('') ?? this.of(cluster)
  }

  /** All that stand; that of the mesh first. */
  list(): StopRecord[] {
    const standing = [...this.known.values()].flatMap(({ stop }) => stop ?? [])
    return standing.sort((one, other) => (one.cluster < other.cluster ? -1 : 1))
  }
}

/** What is said of a stop to whoever it holds up. */
export function describeStop({ cluster, actor, since, reason }: StopRecord): string {
  const what = cluster === '' ? 'the mesh' : `cluster ${cluster}`
  return `${what} was stopped by ${actor} at ${since}: ${reason}`
}
