/** How often something may happen: `burst` at once, then one per `refillMs`. */
export interface Allowance {
  readonly burst: number
  readonly refillMs: number
}

/** Healing of one object: 20 at once, then one in 2 s. */
export const healAllowance: Allowance = { burst: 20, refillMs: 2000 }

interface Level {
  tokens: number
  at: number
}

const fewKeys = 1000

/** Token buckets by key. Full ones are forgotten whenever there are twice as many as after the last time. */
export class TokenBuckets {
  readonly #levels = new Map<string, Level>()
  #sweepAt = fewKeys

  constructor(private readonly allowance: Allowance) {}

  /** How many keys are remembered. */
  get size(): number {
    return this.#levels.size
  }

  /** Takes a token. Answers 0, or the milliseconds after which there is one. */
  take(key: string, now: number): number {
    const level = this.#levelAt(key, now)
    if (level.tokens < 1) return Math.ceil((1 - level.tokens) * this.allowance.refillMs)
    this.#levels.set(key, { tokens: level.tokens - 1, at: now })
    if (this.#levels.size > this.#sweepAt) this.#sweep(now)
    return 0
  }

  #sweep(now: number): void {
    for (const key of this.#levels.keys())
      if (this.#levelAt(key, now).tokens >= this.allowance.burst) this.#levels.delete(key)
    this.#sweepAt = Math.max(fewKeys, 2 * this.#levels.size)
  }

  #levelAt(key: string, now: number): Level {
    const level = this.#levels.get(key)
    if (!level) return { tokens: this.allowance.burst, at: now }
    const refilled = level.tokens + Math.max(0, now - level.at) / this.allowance.refillMs
    return { tokens: Math.min(this.allowance.burst, refilled), at: now }
  }
}

const failedHealWaitsMs = [0, 2000, 6000, 18_000, 54_000, 162_000, 300_000]

/** How long to wait before healing again after `failures` heals that failed in a row (A7.2). */
export function failedHealWaitMs(failures: number): number {
  return failedHealWaitsMs[Math.min(failures, failedHealWaitsMs.length - 1)] ?? 300_000
}
