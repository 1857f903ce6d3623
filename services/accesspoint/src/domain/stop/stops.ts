import { stopKey, type StopRecord } from '@k8or/contracts'

interface Known {
  readonly stop: StopRecord | undefined
  readonly revision: number
}

/** Stops by key, as the hub has copies of them: those survive the bus. */
export type StopCopies = ReadonlyMap<string, StopRecord>

/**
 * The emergency stops that stand: over the whole mesh, or over one cluster. Until all were read, it is not known that none
 * does. One that the record no longer has stands as long as the hub has a copy: the record may have been lost.
 */
export class Stops {
  /** By key, with the revision of the row that told it: what is older tells nothing. */
  private readonly known = new Map<string, Known>()
  /** Since when those stood that were lifted: a copy may be seen for a moment longer. */
  private readonly lifted = new Map<string, string>()
  private isRead = false

  constructor(private readonly copies: () => StopCopies = () => new Map()) {}

  /** Whether all that stand are known. */
  get areKnown(): boolean {
    return this.isRead
  }

  /** All that stand were taken. */
  allTaken(): void {
    this.isRead = true
  }

  /** A row of the record is so now; undefined when it is gone. One that says lifted stands no longer, nor does its copy. */
  take(key: string, row: StopRecord | undefined, revision: number): void {
    const { revision: last = 0 } = this.known.get(key) ?? {}
    if (revision < last) return
    this.known.set(key, { stop: row?.lifted ? undefined : row, revision })
    if (row?.lifted) this.lifted.set(key, row.since)
  }

  /** A stop that is being raised stands at once, whatever older rows are still to be told. */
  raise(stop: StopRecord): void {
    this.known.set(stopKey(stop.cluster), { stop, revision: Infinity })
  }

  /** It has been recorded under this revision, or (0) could not be: then any row tells more. */
  recorded(stop: StopRecord, revision: number): void {
    this.known.set(stopKey(stop.cluster), { stop, revision })
  }

  /** It was lifted, which was recorded under this revision. */
  lift({ cluster, since }: StopRecord, revision: number): void {
    this.known.set(stopKey(cluster), { stop: undefined, revision })
    this.lifted.set(stopKey(cluster), since)
  }

  /** What stands for exactly this cluster, or (empty) for the mesh. */
  of(cluster: string): StopRecord | undefined {
    return this.known.get(stopKey(cluster))?.stop ?? this.copied().find((stop) => stop.cluster === cluster)
  }

  /** Whether exactly this one stands, and neither was lifted nor raised again since. */
  stands({ cluster, since }: StopRecord): boolean {
    return this.of(cluster)?.since === since
  }

  /** What keeps this cluster from being changed. */
  over(cluster: string): StopRecord | undefined {
    return this.of('') ?? this.of(cluster)
  }

  /** All that stand; that of the mesh first. */
  list(): StopRecord[] {
    const told = [...this.known.values()].flatMap(({ stop }) => stop ?? [])
    const standing = new Map([...this.copied(), ...told].map((stop) => [stop.cluster, stop]))
    return [...standing.values()].sort((one, other) => (one.cluster < other.cluster ? -1 : 1))
  }

  private copied(): StopRecord[] {
    return [...this.copies()].flatMap(([key, stop]) => (this.lifted.get(key) === stop.since ? [] : [stop]))
  }
}

/** What is said of a stop to whoever it holds up. */
export function describeStop({ cluster, actor, since, reason }: StopRecord): string {
  const what = cluster === '' ? 'the mesh' : `cluster ${cluster}`
  return `${what} was stopped by ${actor} at ${since}: ${reason}`
}
