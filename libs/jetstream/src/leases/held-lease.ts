/** A bucket that this holder has, as far as it can know. */
export interface HeldLease {
  readonly bucket: number
  /** The revision under which it was won; the fencing token. It stays the same while the lease is renewed. */
  readonly fence: number
  /** The revision that the next renewal expects. */
  readonly revision: number
  /** By the local monotonic clock: from here on somebody else may have it. */
  readonly deadline: number
}

/** The deadline of a lease whose row was written at some moment: before the server's own, whatever the way took. */
export function deadlineOf(sentAt: number, ttlMs: number): number {
  return sentAt + ttlMs * 0.8
}
