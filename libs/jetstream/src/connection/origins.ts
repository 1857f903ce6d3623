import type { BusLog } from '../log'

/** How often it is looked whether the streams are still the ones that were read. */
const lookMs = 30_000
const retryMs = 1_000

/** A stream as the server has it now. */
export interface StreamOrigin {
  /** When it was made: its name in time. */
  readonly created: string
  readonly lastSequence: number
}

/** What origins are learnt from. */
export interface OriginsOptions {
  readonly originOf: (stream: string) => Promise<StreamOrigin>
  readonly isClosed: () => boolean
  readonly log: BusLog
}

/** What is known of a stream in use. */
interface Followed {
  /** Undefined until the server said it. */
  created: string | undefined
  /** The newest sequence that was seen of it. */
  seen: number
}

/**
 * Knows when each stream in use was made and how far it went, and tells when another one has its name: whoever lost a disk
 * or put back an older copy has other streams, and what was learnt from the ones before counts no longer.
 */
export class Origins {
  private readonly followed = new Map<string, Followed>()
  private readonly anew = new Set<(stream: string) => void>()
  private looking: Promise<void> | undefined
  private again: NodeJS.Timeout | undefined

  constructor(private readonly options: OriginsOptions) {}

  /** A stream is in use from now on. */
  follow(stream: string): void {
    if (this.followed.has(stream)) return
    this.followed.set(stream, { created: undefined, seen: 0 })
    this.lookIn(0)
  }

  /** A stream in use went at least as far as this. */
  saw(stream: string, sequence: number): void {
    const followed = this.followed.get(stream)
    if (followed) followed.seen = Math.max(followed.seen, sequence)
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
    const answers = await Promise.all([...this.followed].map(([stream, followed]) => this.lookAt(stream, followed)))
    this.lookIn(answers.every(Boolean) ? lookMs : retryMs)
  }

  /** False when the server did not say: the stream may be on its way. */
  private async lookAt(stream: string, followed: Followed): Promise<boolean> {
    // What is seen while the server answers may be newer than the answer.
    const before = { ...followed }
    try {
      const now = await this.options.originOf(stream)
      const loss = lossOf(before, now)
      followed.created = now.created
      if (loss === undefined) this.saw(stream, now.lastSequence)
      else {
        followed.seen = now.lastSequence
        this.tell(stream, loss, before, now)
      }
      return true
    } catch {
      // That the bus is away is told elsewhere.
      return false
    }
  }

  private tell(stream: string, loss: string, before: Followed, now: StreamOrigin): void {
    this.options.log.error({ stream, before, now }, loss)
    for (const listener of this.anew) listener(stream)
  }

  private lookIn(ms: number): void {
    clearTimeout(this.again)
    if (this.options.isClosed()) return
    this.again = setTimeout(() => void this.look(), ms)
    this.again.unref()
  }
}

/** A stream never goes back by itself: one that ends before what was seen of it is an older copy, or lost its end with its machine. */
function lossOf({ created, seen }: Followed, now: StreamOrigin): string | undefined {
  if (created !== undefined && created !== now.created) return 'a stream was lost and made anew: what it held is lost'
  if (seen <= now.lastSequence) return undefined
  return 'a stream ends before what was seen of it, as one that was put back from an older copy: what it held since is lost'
}
