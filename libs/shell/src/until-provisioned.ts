import type { Bus } from '@k8or/jetstream'
import type { Logger } from '@k8or/telemetry'
import { tryUntilDone } from './try-until-done'

/** Waits until the rows and consumers are there that a service builds on: AccessPoint's process may be making them at this moment. */
export async function untilProvisioned(bus: Bus, log: Logger, signal: AbortSignal): Promise<void> {
  await tryUntilDone('build on the bus', () => bus.assertProvisioned(), { log, signal })
}
