/** Why a body is not taken. */
export type Refusal = 'too large' | 'busy'

/** What the bodies that are held at one time may be. */
export interface AdmissionLimits {
  /** A body may not be larger. */
  readonly maxBytes: number
  /** Up to this a body is small, as next to all pushes are. */
  readonly smallBytes: number
  /** All small bodies together. */
  readonly smallTotalBytes: number
  /** How many bodies may be larger than small. */
  readonly large: number
}

/**
 * Decides which bodies are read. The room for small and for large ones is apart: whoever fills the one with whatever
 * does not keep the others out.
 */
export class Admission {
  #smallBytes = 0
  #large = 0

  constructor(private readonly limits: AdmissionLimits) {}

  /** A body begins that says how long it is; 0 where it does not say. */
  begin(declaredBytes: number): Held | Refusal {
    const held = new Held(this)
    const refusal = this.grown(held, declaredBytes)
    return refusal ?? held
  }

  /** A body is known to have so many bytes. */
  grown(held: Held, bytes: number): Refusal | undefined {
    const { maxBytes, smallBytes, smallTotalBytes, large } = this.limits
    if (bytes > maxBytes) return 'too large'
    if (held.isLarge) return undefined
    if (bytes > smallBytes) {
      if (this.#large >= large) return 'busy'
      this.#large += 1
      this.#smallBytes -= held.bytes
      held.isLarge = true
      return undefined
    }
    const more = Math.max(0, bytes - held.bytes)
    if (this.#smallBytes + more > smallTotalBytes) return 'busy'
    this.#smallBytes += more
    held.bytes += more
    return undefined
  }

  /** A body is no longer held. */
  ended({ isLarge, bytes }: Held): void {
    if (isLarge) this.#large -= 1
    else this.#smallBytes -= bytes
  }
}

/** One body that is held. */
export class Held {
  isLarge = false
  /** What it takes of the room for small ones. */
  bytes = 0

  constructor(private readonly admission: Admission) {}

  /** So much of it has come; a refusal means that no more of it may. */
  grow(bytes: number): Refusal | undefined {
    return this.admission.grown(this, bytes)
  }

  end(): void {
    this.admission.ended(this)
  }
}
