/** Work inside one service: a key names what to look at, the handler reads the state (ADR 0007). */
export interface Jobs {
  /**
   * Asks for the key to be handled now. Equal keys collapse; a key marked while it is handled is handled once more.
   * One key is never handled twice at once.
   */
  mark(key: string): void
  /**
   * Asks for the key to be handled after a wait that survives a restart. A second wait for the same key and reason
   * replaces the first.
   */
  later(key: string, delayMs: number, reason: string): Promise<void>
  /** Resolves when nothing is running or marked. Waits do not count. */
  settle(): Promise<void>
  /** Lets what runs finish (its signal aborts after `graceMs`), then closes. */
  stop(graceMs?: number): Promise<void>
}

/** Jobs whose keys are spread over buckets: a replica handles those of the buckets that it owns. */
export interface PartitionedJobs extends Jobs {
  /**
   * Says which buckets this replica owns from now on; at first it owns none. Work on other buckets is aborted, and
   * what is marked there goes to their owners.
   */
  owned(buckets: Iterable<number>): void
}

/** Handles one key. Throwing `Later` or anything unknown retries with back-off, `Never` reports and gives up. */
export type JobHandler = (key: string, signal: AbortSignal) => Promise<void>

export interface JobsOptions {
  /** The queue's name, unique in the mesh: `syncmaster-reconcile`. */
  readonly name: string
  readonly handler: JobHandler
  /** How many keys are handled at once, in each lane. */
  readonly concurrency: number
  /** The lane of a key, such as the cluster that it is about: one that is stuck holds no other up. All in one when absent. */
  readonly laneOf?: (key: string) => string
  /** Waits between attempts that fail with anything but `Never`: the last one repeats. */
  readonly backoffMs: readonly number[]
  /** Told of each failed attempt; `Never` ends the attempts. */
  readonly onFailure: (key: string, failure: JobFailure) => void
}

/** How an attempt failed. */
export interface JobFailure {
  readonly kind: 'later' | 'never'
  readonly reason: string
  readonly attempt: number
  readonly nextInMs?: number
}

/** Where the jobs tell what happened to them; a pino logger fits. */
export interface JobsLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** How keys are spread over buckets of work. */
export interface Partition {
  readonly count: number
  /** The bucket of a key, 0 to count - 1; the same for ever. */
  of(key: string): number
}
