import { setTimeout as delay } from 'node:timers/promises'
import { residentMebibytes } from './processor-time'
import type { Scenario } from './scenario'
import { summarize } from './statistics'

/** Resident memory of all processes of the mesh, NATS and Redis included, after the other scenarios. */
export const memory: Scenario = async (driver, runs) => {
  const figures: number[] = []
  for (let run = 0; run < runs; run++) {
    figures.push(residentMebibytes(driver.pids()))
    await delay(100)
  }
  return [{ what: 'resident memory, all processes', unit: 'MiB', summary: summarize(figures) }]
}
