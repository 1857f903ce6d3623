/** One wait: the key is to be handled when it is over. The reason tells waits of one key apart. */
export interface Wait {
  readonly key: string
  readonly reason: string
  readonly dueAt: number
}

/** Keeps waits until they are over. */
export interface Waits {
  /** Begins a wait, or moves the one of the same key and reason. */
  set(wait: Wait): Promise<void>
  /** Forgets everything that only lives in this process, and closes. */
  stop(): Promise<void>
}

/** Called when a wait is over; rejects when the key can not be handled here now. */
export type OnDue = (key: string) => Promise<void>

/** What tells one wait from another. */
export function waitId({ key, reason }: Wait): string {
  return `${key} ${reason}`
}
