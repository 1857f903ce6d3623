import type { Bus } from '@k8or/jetstream'
import { tryUntilDone, type ShellConfig } from '@k8or/shell'
import type { Logger } from '@k8or/telemetry'
import { bootstrapBus } from './bus'

/**
 * Makes what the bus lacks, now and whenever the connection to it has come back: a server that lost its disk has no
 * streams. Only a process that holds the authority's key may. Whoever builds on it waits for what it needs itself.
 */
export function keepBus(bus: Bus, config: ShellConfig, log: Logger, signal: AbortSignal): void {
  let making: Promise<void> | undefined
  const make = (): void => {
    const attempt = () => bootstrapBus(config, { onlyMissing: true })
    making ??= tryUntilDone('make what the bus lacks', attempt, { log, signal })
      .catch(() => undefined)
      .finally(() => (making = undefined))
  }
  bus.onReconnect(make)
  make()
}
