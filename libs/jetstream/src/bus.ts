import type { EventDefinition, Fact, FactDraft, LeaseRecord, RecordDefinition, ServiceName } from '@k8or/contracts'
import type { DeadLetterNote } from './consume/dead-letter'
import type { FactHandlers } from './consume/fact-consumer'
import type { Handling } from './consume/handle-facts'

/** One service's connection to the bus, under its own certificate. */
export interface Bus {
  readonly service: ServiceName
  readonly publisher: Publisher
  /** What no handler could take. Only InsightHub may read and replay it. */
  readonly deadLetters: DeadLetters
  /** Handles facts through the service's durable consumers; Nest services use `@OnFact` and `JetStreamStrategy`. */
  handle(handlers: FactHandlers): Promise<Handling>
  /** The rows of one KV record. */
  records<Value>(definition: RecordDefinition<Value>): Records<Value>
  /** Content by digest, for what is too large for a message. */
  blobs(bucket: string): Blobs
  /** Leases on numbered buckets of work (ADR 0008). */
  leases(definition: RecordDefinition<LeaseRecord>, options: LeaseOptions): Leases
  /**
   * Facts as they are stored, for indexes: those after `fromSequence`, then those that come. Resolves when the signal
   * aborts. Only InsightHub may.
   */
  replay(options: ReplayOptions): Promise<void>
  /**
   * Calls back with each stream that was lost and made anew, or put back from a copy older than what was seen of it, of
   * those that records and blobs were asked for: whoever built on what it held has to begin anew.
   */
  onMadeAnew(listener: (stream: string) => void): void
  /** Calls back whenever the connection has come back, until it is closed. */
  onReconnect(listener: () => void): void
  /** @throws while something is not there that the service builds on: rows that it reads, its durable consumers */
  assertProvisioned(): Promise<void>
  /** Whether the connection stands. */
  isConnected(): boolean
  /** Drains and closes. */
  close(): Promise<void>
}

/** Announces facts of the service that owns the connection. */
export interface Publisher {
  /**
   * Stores one fact; resolves when the stream has it. The same id twice is stored once.
   * The trace context of the caller is carried along.
   * @throws Later when the bus can not store it now
   */
  publish<Data>(event: EventDefinition<Data>, draft: FactDraft<Data>, options?: PublishOptions): Promise<PublishedFact>
}

export interface PublishOptions {
  /** Refuse when another fact was stored on this subject since; 0 means that there must be none. */
  readonly expectedLastSubjectSequence?: number
}

export interface PublishedFact {
  readonly id: string
  readonly sequence: number
  readonly duplicate: boolean
}

/** A row with the revision that `update` expects. */
export interface Row<Value> {
  readonly key: string
  readonly value: Value
  readonly revision: number
}

/** A change of a row; `value` is null when it was deleted. */
export interface RowChange<Value> {
  readonly key: string
  readonly value: Value | null
  readonly revision: number
}

/** The rows of a record. What breaks the record's schema is refused on write and dropped with a log line on read. */
export interface Records<Value> {
  get(key: string): Promise<Row<Value> | undefined>
  put(key: string, value: Value): Promise<number>
  /** @throws RecordConflictError when the row exists */
  create(key: string, value: Value): Promise<number>
  /** @throws RecordConflictError when the row has another revision */
  update(key: string, value: Value, revision: number): Promise<number>
  /** @throws RecordConflictError when a revision is given and the row has another one */
  delete(key: string, revision?: number): Promise<void>
  /** All rows whose key matches; `filter` in KV terms, such as `uid.>`. */
  list(filter?: string): Promise<Row<Value>[]>
  /**
   * Calls back for every row there is, then for every change, until the signal aborts.
   * Resolves once the rows there were have been delivered; survives reconnects.
   */
  watch(onChange: (change: RowChange<Value>) => void, options: { signal: AbortSignal; filter?: string }): Promise<void>
}

/** Bytes by key; a key is a digest (without dots) and never changes its content. */
export interface Blobs {
  put(key: string, content: Uint8Array): Promise<void>
  get(key: string): Promise<Uint8Array | undefined>
  /** Whether there was anything of it. */
  delete(key: string): Promise<boolean>
  /** What is stored, whole or in part; what was deleted may be named for some seconds more. */
  keys(): Promise<string[]>
}

export interface LeaseOptions {
  readonly holder: string
  readonly buckets: number
  readonly ttlMs: number
  /** The bucket was won; work on it may begin under this fence, the revision by which it was won. */
  readonly onGain: (bucket: number, fence: number) => void
  /** The bucket was lost or given up; work on it must stop. */
  readonly onLoss: (bucket: number) => void
}

export interface Leases {
  /** Takes a fair share of the buckets and keeps it; hands over what others should have. */
  start(): Promise<void>
  /** The fence of a bucket that is held and whose lease has not run out by the local monotonic clock. */
  fenceOf(bucket: number): number | undefined
  held(): number[]
  /** Gives all buckets back at once. */
  stop(): Promise<void>
}

export interface ReplayOptions {
  readonly stream: 'FACTS' | 'ACCESS' | 'DEAD'
  readonly fromSequence: number
  /** When the stream was made that `fromSequence` counts in: of another one everything is read. Absent: of whichever. */
  readonly ofStream?: string | undefined
  /** Called before the first fact, and when another stream has taken the place of the one that was read. */
  readonly onStream?: (stream: ReplayedStream) => void
  readonly filters?: readonly string[]
  /** Called in order; the next one waits for it, and one that fails is called again. */
  readonly onFact: (
    fact: Fact<unknown>,
    stored: { sequence: number; subject: string; time: Date },
  ) => Promise<void> | void
  /** Called once everything that was stored at the start has been delivered. */
  readonly onCaughtUp?: () => void
  readonly signal: AbortSignal
}

/** Which stream is read. */
export interface ReplayedStream {
  /** When it was made: its name in time. */
  readonly created: string
  /** Its sequences are not those of the stream that was read before. */
  readonly isAnother: boolean
}

/** A fact that a service could not handle, with the reason. */
export interface DeadLetter extends DeadLetterNote {
  readonly id: number
  readonly eventId: string
}

export interface DeadLetters {
  /** The newest first. */
  list(limit: number): Promise<DeadLetter[]>
  /** Hands a dead letter to its service once more; false when there is none of that id. */
  replay(id: number): Promise<boolean>
}
