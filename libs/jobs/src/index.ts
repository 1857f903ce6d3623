export type { JobHandler, Jobs, JobsOptions } from './jobs'
