/** How many git commands may run at once: for one host, for one that did not answer last time, in all. */
export interface HostLimitsOptions {
  readonly perHost: number
  readonly total: number
}

interface Host {
  running: number
  isSilent: boolean
  waiting: (() => void)[]
}

/** Gives each host a share of the commands, so that one that hangs fills its own places and nobody else's. */
export class HostLimits {
  private readonly hosts = new Map<string, Host>()
  private running = 0

  constructor(private readonly options: HostLimitsOptions) {}

  /** Runs the work as soon as its host has room. */
  async run<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted()
    await this.enter(this.host(name), signal)
    try {
      return await work()
    } finally {
      this.running -= 1
      this.host(name).running -= 1
      this.admit()
    }
  }

  /** Notes whether the host answered. */
  answered(name: string, hasAnswered: boolean): void {
    const host = this.host(name)
    host.isSilent = !hasAnswered
    if (hasAnswered && host.running === 0 && host.waiting.length === 0) this.hosts.delete(name)
    this.admit()
  }

  private host(name: string): Host {
    const host = this.hosts.get(name) ?? { running: 0, isSilent: false, waiting: [] }
    this.hosts.set(name, host)
    return host
  }

  private enter(host: Host, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', leave)
        host.running += 1
        this.running += 1
        resolve()
      }
      const leave = () => {
        host.waiting = host.waiting.filter((waiting) => waiting !== admit)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      host.waiting.push(admit)
      this.admit()
    })
  }

  private admit(): void {
    for (const host of this.hosts.values())
      while (this.running < this.options.total && host.running < (host.isSilent ? 1 : this.options.perHost)) {
        const next = host.waiting.shift()
        if (!next) break
        next()
      }
  }
}
