import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as tick } from 'node:timers/promises'
import { memoryJobs } from '@k8or/jobs'
import { TickMarks } from './tick-marks'

describe('services/insighthub/src/adapters/jobs/tick-marks', () => {
  const trace = new AsyncLocalStorage<string>()
  const handled: [string, string | undefined][] = []
  const jobs = memoryJobs({
    name: 'marks',
    concurrency: 4,
    backoffMs: [],
    handler: async (key) => void handled.push([key, trace.getStore()]),
    onFailure: () => undefined,
  })
  const marks = new TickMarks(jobs)

  afterAll(() => jobs.stop())

  it('lets what is marked in one tick be handled once, outside of any trace', async () => {
    trace.run('of a fact', () => {
      for (const key of ['a', 'b', 'a', 'a']) marks.mark(key)
    })
    await tick()
    await jobs.settle()
    expect(handled.splice(0)).toEqual([
      ['a', undefined],
      ['b', undefined],
    ])
    marks.mark('a')
    await tick()
    await jobs.settle()
    expect(handled).toEqual([['a', undefined]])
  })
})
