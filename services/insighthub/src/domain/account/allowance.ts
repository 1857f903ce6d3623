/** How much is allowed at once, and how soon it is allowed again. */
export interface AllowanceLimits {
  readonly burst: number
  readonly everyMs: number
}

/** Allows a burst per key, then one in a while: an object that flaps must not drown what others have to say. */
export class Allowance {
  readonly #spent = new Map<string, { readonly tokens: number; readonly at: number }>()

  constructor(private readonly limits: AllowanceLimits) {}

  /** Takes one; false when there is none left at this time. */
  take(key: string, now: number): boolean {
    const { burst, everyMs } = this.limits
    const { tokens, at } = this.#spent.get(key) ?? { tokens: burst, at: now }
    const refilled = Math.min(burst, tokens + (now - at) / everyMs)
    if (refilled < 1) return false
    this.#spent.set(key, { tokens: refilled - 1, at: now })
    return true
  }

  /** Forgets a key. */
  forget(key: string): void {
    this.#spent.delete(key)
  }
}
