import { ClosedConnectionError, ConnectionError, type NatsConnection } from '@nats-io/nats-core'
import type { BusLog } from '../log'

/** What stands for an answer when the connection broke before it came. */
export const broken = Symbol('broken')

/** Follows a connection: whether it stands, when it breaks, when it is back. */
export class Reconnects {
  private readonly onBack = new Set<() => void>()
  private readonly onBreak = new Set<() => void>()
  private up = true

  constructor(
    private readonly connection: NatsConnection,
    private readonly log: BusLog,
  ) {
    void this.follow()
  }

  /** Whether the connection stands now. */
  get isConnected(): boolean {
    return this.up && !this.connection.isClosed()
  }

  /** Calls back after each reconnect until the signal aborts. */
  on(listener: () => void, signal: AbortSignal): void {
    listen(this.onBack, listener, signal)
  }

  /** Calls back whenever the connection breaks until the signal aborts. */
  onBroken(listener: () => void, signal: AbortSignal): void {
    listen(this.onBreak, listener, signal)
  }

  /** Resolves when the connection stands; rejects when it does not within the time. */
  async whenConnected(withinMs: number): Promise<void> {
    if (this.connection.isClosed()) throw new ClosedConnectionError()
    if (this.up) return
    await new Promise<void>((resolve, reject) => {
      const back = () => {
        clearTimeout(timer)
        this.onBack.delete(back)
        resolve()
      }
      const timer = setTimeout(() => {
        this.onBack.delete(back)
        reject(new ConnectionError('the bus is away'))
      }, withinMs)
      this.onBack.add(back)
    })
  }

  /** The answer, or `broken` when the connection breaks before it comes. */
  async unlessBroken<T>(answer: Promise<T>): Promise<T | typeof broken> {
    let tell = (): void => undefined
    const breaks = new Promise<typeof broken>((resolve) => (tell = () => resolve(broken)))
    this.onBreak.add(tell)
    try {
      return await Promise.race([answer, breaks])
    } finally {
      this.onBreak.delete(tell)
      answer.catch(() => undefined)
    }
  }

  private async follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.broke(status.server)
      else if (status.type === 'reconnect') this.cameBack(status.server)
      else if (status.type === 'error') this.log.error({ err: status.error }, 'the bus refused something')
      else if (status.type === 'slowConsumer') this.log.warn({}, 'a subscription falls behind')
    }
    this.up = false
  }

  private broke(server: string): void {
    this.up = false
    this.log.warn({ server }, 'the bus is away')
    for (const listener of [...this.onBreak]) listener()
  }

  private cameBack(server: string): void {
    this.up = true
    this.log.info({ server }, 'the bus is back')
    for (const listener of [...this.onBack]) listener()
  }
}

function listen(listeners: Set<() => void>, listener: () => void, signal: AbortSignal): void {
  if (signal.aborted) return
  listeners.add(listener)
  signal.addEventListener('abort', () => listeners.delete(listener), { once: true })
}
