/** How many commands may talk to one host at once; to one that did not answer last time, a single one. */
export class HostLimits {
  private readonly hosts = new Map<string, Host>()

  constructor(private readonly limit: number) {}

  /** Runs as soon as the host has room; a host that hangs fills its own places and nobody else's. */
  async run<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const host = this.hosts.get(name) ?? { running: 0, isSilent: false, waiting: [] }
    this.hosts.set(name, host)
    await this.enter(host, signal)
    try {
      return await work()
    } finally {
      host.running -= 1
      this.admit(host)
      if (host.running === 0 && !host.isSilent) this.hosts.delete(name)
    }
  }

  /** Notes whether the host answered. */
  answered(name: string, hasAnswered: boolean): void {
    const host = this.hosts.get(name)
    if (!host) return
    host.isSilent = !hasAnswered
    this.admit(host)
  }

  private async enter(host: Host, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', leave)
        host.running += 1
        resolve()
      }
      const leave = () => {
        host.waiting = host.waiting.filter((waiting) => waiting !== admit)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      host.waiting.push(admit)
      this.admit(host)
    })
  }

  private admit(host: Host): void {
    while (host.running < (host.isSilent ? 1 : this.limit)) {
      const next = host.waiting.shift()
      if (!next) return
      next()
    }
  }
}

interface Host {
  running: number
  isSilent: boolean
  waiting: (() => void)[]
}
