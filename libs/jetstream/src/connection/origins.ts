import type { BusLog } from '../log'

/** How often it is looked whether the streams are still the ones that were read. */
const lookMs = 30_000
const retryMs = 1_000

/** What origins are learnt from. */
export interface OriginsOptions {
  /** When a stream was made: its name in time. */
  readonly createdOf: (stream: string) => Promise<string>
  readonly isClosed: () => boolean
  readonly log: BusLog
}

/**
 * Knows when each stream in use was made, and tells when another one has its name: whoever lost a disk has other
 * streams, and what was learnt from the ones before counts no longer.
 */
export class Origins {
  private readonly known = new Map<string, string | undefined>()
  private readonly anew = new Set<(stream: string) => void>()
  private looking: Promise<void> | undefined
  private again: NodeJS.Timeout | undefined

  constructor(private readonly options: OriginsOptions) {}

  /** A stream is in use from now on. */
  follow(stream: string): void {
    if (this.known.has(stream)) return
    this.known.set(stream, undefined)
    this.lookIn(0)
  }

  /** Calls back with each stream that has taken the place of another one. */
  onAnew(listener: (stream: string) => void): void {
    this.anew.add(listener)
  }

  /** Looks at all streams now, as after a reconnect. */
  look(): Promise<void> {
    this.looking ??= this.lookAtAll().finally(() => (this.looking = undefined))
    return this.looking
  }

  stop(): void {
    clearTimeout(this.again)
  }

  private async lookAtAll(): Promise<void> {
    const answers = await Promise.all([...this.known.keys()].map((stream) => this.lookAt(stream)))
    this.lookIn(answers.every(Boolean) ? lookMs : retryMs)
  }

  /** False when the server did not say: the stream may be on its way. */
  private async lookAt(stream: string): Promise<boolean> {
    try {
      const created = await this.options.createdOf(stream)
      const before = this.known.get(stream)
      this.known.set(stream, created)
      if (before !== undefined && before !== created) this.tell(stream, before, created)
      return true
    } catch {
      // That the bus is away is told elsewhere.
      return false
    }
  }

  private tell(stream: string, before: string, created: string): void {
    this.options.log.error({ stream, before, created }, 'a stream was lost and made anew: what it held is lost')
    for (const listener of this.anew) listener(stream)
  }

  private lookIn(ms: number): void {
    clearTimeout(this.again)
    if (this.options.isClosed()) return
    this.again = setTimeout(() => void this.look(), ms)
    this.again.unref()
  }
}
