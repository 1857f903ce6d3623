import { records } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import type { Logger } from '@k8or/telemetry'
import { tryUntilDone } from './try-until-done'

/** Waits until the rows are there that a service builds on: AccessPoint may be making the streams at this moment. */
export async function untilStreams(bus: Bus, log: Logger, signal: AbortSignal): Promise<void> {
  const needed = records.filter(({ owner, readers }) => owner === bus.service || readers.includes(bus.service))
  const ask = async (): Promise<void> => {
    for (const record of needed) await bus.records(record).get('none')
  }
  await tryUntilDone('read the streams of the bus', ask, { log, signal })
}
