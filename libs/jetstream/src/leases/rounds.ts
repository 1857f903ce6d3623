/** When a round is made. */
export interface RoundsOptions {
  readonly everyMs: number
  /** How long to wait for more news before an early round. */
  readonly settleMs: number
  readonly signal: AbortSignal
  /** Settles its own failures. */
  readonly round: () => Promise<void>
}

/** Makes rounds at an interval, and soon after something happened; never two at once. */
export class Rounds {
  private running: Promise<void> = Promise.resolve()
  private early: NodeJS.Timeout | undefined

  constructor(private readonly options: RoundsOptions) {}

  /** Makes the first round, then one at each interval. */
  async start(): Promise<void> {
    const { signal, everyMs } = this.options
    await this.make()
    const regular = setInterval(() => void this.make(), everyMs)
    signal.addEventListener('abort', () => clearInterval(regular), { once: true })
  }

  /** Makes a round soon. */
  soon(): void {
    this.early ??= setTimeout(() => {
      this.early = undefined
      void this.make()
    }, this.options.settleMs)
  }

  /** Resolves when no round is being made. */
  async settle(): Promise<void> {
    clearTimeout(this.early)
    await this.running
  }

  private make(): Promise<void> {
    this.running = this.running.then(async () => {
      if (!this.options.signal.aborted) await this.options.round()
    })
    return this.running
  }
}
