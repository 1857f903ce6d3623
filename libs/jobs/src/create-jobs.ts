import { Inbox } from './inbox'
import type { Jobs, JobsLog, JobsOptions, Partition, PartitionedJobs } from './jobs'
import { KeyedJobs } from './keyed-jobs'
import { LastingWaits } from './lasting-waits'
import { openRedis, type RedisConnection } from './redis'

/** Where the waits of jobs are kept. */
export interface JobsPlace {
  readonly redis: RedisConnection
  readonly log: JobsLog
}

/** Jobs whose waits are kept in Redis. They work, with a warning, while Redis is away. */
export function createJobs(place: JobsPlace, options: JobsOptions): Jobs {
  return joinJobs(place, options)
}

/** Jobs whose keys belong to buckets that replicas own in turn: call `owned` whenever that changes. */
export function createPartitionedJobs(place: JobsPlace, partition: Partition, options: JobsOptions): PartitionedJobs {
  return joinJobs(place, options, partition)
}

function joinJobs({ redis: where, log }: JobsPlace, options: JobsOptions, partition?: Partition): PartitionedJobs {
  const { name } = options
  const redis = openRedis(where, log)
  let mine: ReadonlySet<number> = new Set()
  const isMine = (key: string) => !partition || mine.has(partition.of(key))
  const inbox = partition && new Inbox({ name, redis, log, onKey: (key) => jobs.mark(key) })
  const jobs = new KeyedJobs({
    options,
    waits: (onDue) => new LastingWaits({ name, redis, log }, onDue),
    handOver: (key) => {
      if (isMine(key)) return false
      if (partition) inbox?.send(key, partition.of(key))
      return true
    },
  })
  return {
    mark: (key) => jobs.mark(key),
    later: (key, delayMs, reason) => jobs.later(key, delayMs, reason),
    settle: () => jobs.settle(),
    owned: (buckets) => {
      mine = new Set(buckets)
      const released = jobs.runner.release((key) => !isMine(key))
      jobs.forget(released)
      for (const key of released) jobs.mark(key)
      inbox?.own(mine)
    },
    stop: async (graceMs) => {
      await jobs.stop(graceMs)
      await inbox?.stop()
      redis.disconnect()
    },
  }
}
