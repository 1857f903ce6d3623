export { createJobs, createPartitionedJobs, type JobsPlace } from './create-jobs'
export type { JobFailure, JobHandler, Jobs, JobsLog, JobsOptions, Partition, PartitionedJobs } from './jobs'
export { memoryJobs } from './memory-jobs'
export type { RedisConnection } from './redis'
