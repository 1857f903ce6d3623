/** A key will not be handled here: this replica gave its bucket up, or stops. */
export class ReleasedError extends Error {
  constructor(readonly key: string) {
    super(`${key} is no longer handled here`)
    this.name = 'ReleasedError'
  }
}

/** Handles one key and settles its own failures. */
export type Work = (key: string, signal: AbortSignal) => Promise<void>

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

interface Lane {
  readonly marked: Set<string>
  running: number
}

/** Runs keys in memory: equal keys collapse, one key never runs twice at once, in each lane so many run at a time. */
export class KeyedRunner {
  private readonly lanes = new Map<string, Lane>()
  private readonly running = new Map<string, AbortController>()
  private readonly waiters = new Map<string, Waiter[]>()
  private readonly idle = new Set<() => void>()
  private stopped = false

  constructor(
    private readonly limits: { readonly concurrency: number; readonly laneOf: (key: string) => string },
    private readonly work: Work,
  ) {}

  /** Asks for the key to run; while it runs, to run once more. */
  mark(key: string): void {
    if (this.stopped) return
    const name = this.limits.laneOf(key)
    const lane = this.lanes.get(name) ?? { marked: new Set(), running: 0 }
    this.lanes.set(name, lane)
    lane.marked.add(key)
    this.start(name, lane)
  }

  /**
   * Asks for the key to run and resolves when a run that began after this has ended.
   * @throws ReleasedError when the key will not run here
   */
  async handled(key: string): Promise<void> {
    if (this.stopped) throw new ReleasedError(key)
    return new Promise((resolve, reject) => {
      this.waiters.set(key, [...(this.waiters.get(key) ?? []), { resolve, reject }])
      this.mark(key)
    })
  }

  /** Gives keys up: aborts those that run, and answers all that ran or were marked. */
  release(isReleased: (key: string) => boolean): string[] {
    const marked = this.marked().filter(isReleased)
    const running = [...this.running.keys()].filter(isReleased)
    for (const { marked: own } of this.lanes.values()) for (const key of marked) own.delete(key)
    for (const key of running) this.running.get(key)?.abort()
    const keys = [...new Set([...marked, ...running])]
    for (const key of keys) this.reject(key)
    this.tellIdle()
    return keys
  }

  /** Resolves when nothing runs and nothing is marked. */
  settle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve()
    return new Promise((resolve) => this.idle.add(resolve))
  }

  /** Starts nothing more, lets what runs finish, and aborts it after the grace. */
  async stop(graceMs: number): Promise<void> {
    this.stopped = true
    const grace = setTimeout(
      () => this.running.forEach((run) => run.abort(new Error('it was cut off by the stop of the service'))),
      graceMs,
    )
    for (const key of this.waiters.keys()) if (!this.running.has(key)) this.reject(key)
    this.lanes.clear()
    await this.settle()
    clearTimeout(grace)
    for (const key of [...this.waiters.keys()]) this.reject(key)
  }

  private start(name: string, lane: Lane): void {
    for (const key of lane.marked) {
      if (lane.running >= this.limits.concurrency || this.stopped) break
      if (!this.running.has(key)) void this.run(key, name, lane)
    }
    if (lane.running === 0 && lane.marked.size === 0) this.lanes.delete(name)
  }

  private async run(key: string, name: string, lane: Lane): Promise<void> {
    lane.marked.delete(key)
    lane.running++
    const waiters = this.waiters.get(key) ?? []
    this.waiters.delete(key)
    const abort = new AbortController()
    this.running.set(key, abort)
    await this.work(key, abort.signal)
    this.running.delete(key)
    lane.running--
    for (const waiter of waiters) {
      if (abort.signal.aborted) waiter.reject(new ReleasedError(key))
      else waiter.resolve()
    }
    this.start(name, lane)
    this.startElsewhere(key, lane)
    this.tellIdle()
  }

  /** A key that changed its lane while it ran is marked in another one. */
  private startElsewhere(key: string, own: Lane): void {
    for (const [name, lane] of this.lanes) if (lane !== own && lane.marked.has(key)) this.start(name, lane)
  }

  private marked(): string[] {
    return [...this.lanes.values()].flatMap(({ marked }) => [...marked])
  }

  private reject(key: string): void {
    for (const waiter of this.waiters.get(key) ?? []) waiter.reject(new ReleasedError(key))
    this.waiters.delete(key)
  }

  private isIdle(): boolean {
    return this.running.size === 0 && [...this.lanes.values()].every(({ marked }) => marked.size === 0)
  }

  private tellIdle(): void {
    if (!this.isIdle()) return
    for (const resolve of this.idle) resolve()
    this.idle.clear()
  }
}
