import type { NatsConnection } from '@nats-io/nats-core'
import type { BusLog } from '../log'

/** Tells those who asked whenever the connection has come back, and the log what happens to it. */
export class Reconnects {
  private readonly listeners = new Set<() => void>()
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
    if (signal.aborted) return
    this.listeners.add(listener)
    signal.addEventListener('abort', () => this.listeners.delete(listener), { once: true })
  }

  private async follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.up = false
        this.log.warn({ server: status.server }, 'the bus is away')
      } else if (status.type === 'reconnect') {
        this.up = true
        this.log.info({ server: status.server }, 'the bus is back')
        for (const listener of [...this.listeners]) listener()
      } else if (status.type === 'error') {
        this.log.error({ err: status.error }, 'the bus refused something')
      } else if (status.type === 'slowConsumer') {
        this.log.warn({}, 'a subscription falls behind')
      }
    }
    this.up = false
  }
}
