import { residentMebibytes } from './processor-time'
import type { Scenario } from './scenario'
import { summarize } from './statistics'

/** Resident memory of all processes of the mesh, NATS and Redis included, after the other scenarios. */
export const memory: Scenario = async (driver) => {
  await Promise.resolve()
  return [
    { what: 'resident memory, all processes', unit: 'MiB', summary: summarize([residentMebibytes(driver.pids())]) },
  ]
}
