import { join } from 'node:path'
import { eventually, removeDir, startRedis, tempDir, type RedisServer } from '@k8or/rig'
import { Redis } from 'ioredis'
import { createJobs, createPartitionedJobs, type JobsOptions, type PartitionedJobs } from './index'
import { keepsTheContract } from './jobs-contract'

/** All but `setInterval`: Redis is looked at when the test says so. */
const doNotFake = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
]
const silent = { info: () => undefined, warn: () => undefined }

describe('libs/jobs/src/create-jobs.rig', () => {
  const dir = tempDir('jobs')
  const warnings: string[] = []
  const log = { ...silent, warn: (_: object, message: string) => void warnings.push(message) }
  let redis: RedisServer
  let serial = 0

  beforeAll(async () => {
    redis = await startRedis({ dir: join(dir, 'redis') })
  })

  afterAll(async () => {
    await redis.stop()
    removeDir(dir)
  })

  const options = (handled: string[], more: Partial<JobsOptions> = {}): JobsOptions => ({
    name: `jobs-${serial++}`,
    handler: async (key) => void handled.push(key),
    concurrency: 4,
    backoffMs: [10],
    onFailure: () => undefined,
    ...more,
  })

  describe('as all jobs', () => {
    keepsTheContract((wanted) => createJobs({ redis: { url: redis.url }, log }, wanted))
  })

  describe('waits', () => {
    it('survive a restart, also when they begin before Redis is connected', async () => {
      const handled: string[] = []
      const same = options(handled)
      const first = createJobs({ redis: { url: redis.url }, log }, same)
      await first.later('a', 300, 'look')
      expect(warnings).toEqual([])
      await first.stop()
      expect(handled).toEqual([])
      const second = createJobs({ redis: { url: redis.url }, log }, same)
      await eventually(() => handled.length > 0)
      expect(handled).toEqual(['a'])
      await second.stop()
    })

    it('are timers while Redis is away, and are written down once it is back', async () => {
      const handled: string[] = []
      const same = options(handled)
      const jobs = createJobs({ redis: { url: redis.url }, log }, same)
      await eventually(async () => {
        warnings.length = 0
        await jobs.later('before', 60_000, 'look')
        return warnings.length === 0
      })
      await redis.process.stop('SIGKILL')
      await jobs.later('short', 50, 'look')
      await eventually(() => handled.includes('short'))
      jobs.mark('marked')
      await eventually(() => handled.includes('marked'))
      await jobs.later('long', 4_000, 'look')
      expect(warnings).toContain('redis is away: this wait would not survive a restart')
      await redis.process.start()
      await eventually(async () => {
        warnings.length = 0
        await jobs.later('probe', 60_000, 'look')
        return warnings.length === 0
      })
      await jobs.stop()
      expect(handled).not.toContain('long')
      const again = createJobs({ redis: { url: redis.url }, log }, same)
      await eventually(() => handled.includes('long'))
      await again.stop()
    }, 20_000)

    it('are written down again where Redis was emptied while it ran', async () => {
      const handled: string[] = []
      const same = options(handled)
      const jobs = createJobs({ redis: { url: redis.url }, log }, same)
      const tester = new Redis(redis.url)
      await eventually(async () => (await tester.keys(`k8or:${same.name}:knows:*`)).length > 0)
      await jobs.later('a', 2_000, 'look')
      await tester.flushall()
      await eventually(() => handled.includes('a'), { timeoutMs: 30_000 })
      tester.disconnect()
      await jobs.stop()
    }, 60_000)

    it('do not hold up a stop while Redis is away', async () => {
      const jobs = createJobs({ redis: { url: 'redis://localhost:1' }, log }, options([]))
      await jobs.later('a', 60_000, 'look')
      await jobs.stop(100)
    })
  })

  describe('a Redis that does not answer', () => {
    const untilHung = (act: () => Promise<void>) => {
      process.kill(redis.process.pid, 'SIGSTOP')
      return act().finally(() => process.kill(redis.process.pid, 'SIGCONT'))
    }
    const told = () => warnings.filter((one) => one === 'redis does not answer').length

    beforeEach(() => {
      warnings.length = 0
    })

    it('is asked once however often it is looked, and is looked at again when it goes on', async () => {
      jest.useFakeTimers({ doNotFake })
      const look = () => jest.advanceTimersByTime(10_000)
      const handled: string[] = []
      const same = options(handled)
      const jobs = createJobs({ redis: { url: redis.url }, log }, same)
      const tester = new Redis(redis.url)
      const marks = `k8or:${same.name}:knows:`
      const asked = async () => {
        const commands = (await tester.slowlog('GET', -1)) as [number, number, number, string[]][]
        return commands.filter(([, , , [command, key]]) => command === 'set' && key?.startsWith(marks)).length
      }
      try {
        await eventually(async () => (await tester.keys(`${marks}*`)).length > 0)
        await jobs.later('kept', 600_000, 'look')
        await tester.config('SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '100000')
        await untilHung(async () => {
          for (let time = 0; time < 3; time++) look()
          await eventually(told)
          look()
          await jobs.later('short', 50, 'look')
          await eventually(() => handled.includes('short'))
        })
        await eventually(asked)
        expect([await asked(), told()]).toEqual([1, 1])
        await tester.flushall()
        await eventually(async () => {
          look()
          return (await asked()) > 1
        })
        await eventually(() => tester.exists(`k8or:${same.name}:delayed`))
      } finally {
        await jobs.stop()
        await tester.config('SET', 'slowlog-log-slower-than', '10000')
        tester.disconnect()
        jest.useRealTimers()
      }
    }, 60_000)

    it('is told of marks for other replicas once, and hands on what was marked meanwhile', async () => {
      const tester = new Redis(redis.url)
      const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await tester.info('stats'))?.[1])
      const handled: string[] = []
      const place = { redis: { url: redis.url }, log }
      const [same, partition] = [options(handled), { count: 1, of: () => 0 }]
      const owner = createPartitionedJobs(place, partition, same)
      owner.owned([0])
      const other = createPartitionedJobs(place, partition, {
        ...same,
        handler: () => Promise.reject(new Error('not mine')),
      })
      const names = Array.from({ length: 300 }, (_, index) => `k${index}`)
      const arrived = () => names.every((name) => handled.includes(name))
      try {
        for (const name of names) other.mark(name)
        await eventually(arrived)
        handled.length = 0
        const before = await commands()
        await untilHung(async () => {
          for (const name of [...names, ...names]) other.mark(name)
        })
        await eventually(arrived)
        expect((await commands()) - before).toBeLessThan(2 * names.length)
      } finally {
        await Promise.all([owner.stop(), other.stop()])
        tester.disconnect()
      }
    }, 60_000)

    it('does not hold up a stop', async () => {
      const jobs = createPartitionedJobs({ redis: { url: redis.url }, log }, { count: 1, of: () => 0 }, options([]))
      jobs.owned([0])
      await eventually(async () => {
        warnings.length = 0
        await jobs.later('a', 60_000, 'look')
        return warnings.length === 0
      })
      await untilHung(() => jobs.stop(100))
    }, 20_000)
  })

  describe('partitions', () => {
    const partition = { count: 2, of: (key: string) => Number(key.slice(1)) % 2 }
    let east: { handled: string[]; jobs: PartitionedJobs }
    let west: { handled: string[]; jobs: PartitionedJobs }

    beforeEach(() => {
      const name = `partition-${serial++}`
      const replica = () => {
        const handled: string[] = []
        const jobs = createPartitionedJobs({ redis: { url: redis.url }, log }, partition, { ...options(handled), name })
        return { handled, jobs }
      }
      east = replica()
      west = replica()
      east.jobs.owned([0])
      west.jobs.owned([1])
    })

    afterEach(() => Promise.all([east.jobs.stop(), west.jobs.stop()]))

    it('handles a key where its bucket is owned, wherever it was marked', async () => {
      east.jobs.mark('k1')
      east.jobs.mark('k2')
      west.jobs.mark('k4')
      await eventually(() => east.handled.length === 2 && west.handled.length === 1)
      expect([east.handled.sort(), west.handled]).toEqual([['k2', 'k4'], ['k1']])
    })

    it('handles a wait that is over where its bucket is owned', async () => {
      for (let number = 0; number < 6; number++) await east.jobs.later(`k${number}`, 20, 'look')
      await eventually(() => east.handled.length === 3 && west.handled.length === 3)
      expect(west.handled.sort()).toEqual(['k1', 'k3', 'k5'])
    })

    it('hands a bucket over with what is marked there', async () => {
      west.jobs.owned([])
      east.jobs.mark('k1')
      await east.jobs.settle()
      expect(east.handled).toEqual([])
      east.jobs.owned([0, 1])
      await eventually(() => east.handled.includes('k1'))
    })

    it('aborts what runs in a bucket that was lost, and lets the new owner handle it', async () => {
      let begun = false
      const name = `partition-${serial++}`
      const slow = createPartitionedJobs({ redis: { url: redis.url }, log }, partition, {
        ...options([]),
        name,
        handler: async (_, signal) => {
          begun = true
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        },
      })
      const handled: string[] = []
      const next = createPartitionedJobs({ redis: { url: redis.url }, log }, partition, { ...options(handled), name })
      slow.owned([0, 1])
      slow.mark('k1')
      await eventually(() => begun)
      slow.owned([0])
      next.owned([1])
      await eventually(() => handled.includes('k1'))
      await Promise.all([slow.stop(), next.stop()])
    })
  })
})
