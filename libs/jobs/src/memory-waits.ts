import { waitId, type OnDue, type Wait, type Waits } from './waits'

/** The longest time that a timer of Node can hold. */
const longestMs = 2_147_483_647

/** Waits as timers: they end with the process. */
export class MemoryWaits implements Waits {
  private readonly timers = new Map<string, { wait: Wait; timer: NodeJS.Timeout }>()

  constructor(private readonly onDue: OnDue) {}

  async set(wait: Wait): Promise<void> {
    const id = waitId(wait)
    clearTimeout(this.timers.get(id)?.timer)
    const delayMs = Math.min(longestMs, Math.max(0, wait.dueAt - Date.now()))
    const timer = setTimeout(() => this.end(id, wait), delayMs)
    timer.unref()
    this.timers.set(id, { wait, timer })
  }

  /** Takes all waits out. */
  take(): Wait[] {
    const waits = [...this.timers.values()].map(({ wait, timer }) => {
      clearTimeout(timer)
      return wait
    })
    this.timers.clear()
    return waits
  }

  async stop(): Promise<void> {
    this.take()
  }

  private end(id: string, wait: Wait): void {
    this.timers.delete(id)
    this.onDue(wait.key).catch(() => undefined)
  }
}
