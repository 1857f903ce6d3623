import type { Jobs, JobsOptions } from './jobs'
import { KeyedJobs } from './keyed-jobs'
import { MemoryWaits } from './memory-waits'

/** Jobs whose waits end with the process. */
export function memoryJobs(options: JobsOptions): Jobs {
  return new KeyedJobs({ options, waits: (onDue) => new MemoryWaits(onDue), handOver: () => false })
}
