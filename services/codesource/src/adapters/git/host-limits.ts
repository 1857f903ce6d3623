/** How many git commands may run at once. */
export interface HostLimitsOptions {
  readonly perHost: number
  /** For repositories of one host that were never fetched, or did not answer last time. */
  readonly unprovenPerHost: number
  readonly total: number
}

/** Repositories of one host; those that answered last time do not wait behind those that did not. */
interface Lane {
  running: number
  waiting: (() => void)[]
}

interface Host {
  readonly proven: Lane
  readonly unproven: Lane
}

/**
 * Gives each host a share of the commands, and the repositories of a host that may hang a part of that share: what hangs
 * fills its own places and nobody else's.
 */
export class HostLimits {
  private readonly hosts = new Map<string, Host>()
  private running = 0

  constructor(private readonly options: HostLimitsOptions) {}

  /** Runs the work as soon as there is room for it. */
  async run<Result>(
    { host, isProven }: { readonly host: string; readonly isProven: boolean },
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted()
    const lanes = this.hosts.get(host) ?? { proven: newLane(), unproven: newLane() }
    this.hosts.set(host, lanes)
    const lane = isProven ? lanes.proven : lanes.unproven
    await this.enter(lane, signal)
    try {
      return await work()
    } finally {
      this.running -= 1
      lane.running -= 1
      if ([lanes.proven, lanes.unproven].every(isIdle)) this.hosts.delete(host)
      this.admit()
    }
  }

  private enter(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', leave)
        lane.running += 1
        this.running += 1
        resolve()
      }
      const leave = () => {
        lane.waiting = lane.waiting.filter((waiting) => waiting !== admit)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      lane.waiting.push(admit)
      this.admit()
    })
  }

  private admit(): void {
    const { perHost, unprovenPerHost } = this.options
    for (const { proven, unproven } of this.hosts.values()) {
      this.admitTo(proven, () => proven.running + unproven.running < perHost)
      this.admitTo(unproven, () => unproven.running < unprovenPerHost && proven.running + unproven.running < perHost)
    }
  }

  private admitTo(lane: Lane, hasRoom: () => boolean): void {
    while (this.running < this.options.total && hasRoom()) {
      const next = lane.waiting.shift()
      if (!next) return
      next()
    }
  }
}

function newLane(): Lane {
  return { running: 0, waiting: [] }
}

function isIdle({ running, waiting }: Lane): boolean {
  return running === 0 && waiting.length === 0
}
