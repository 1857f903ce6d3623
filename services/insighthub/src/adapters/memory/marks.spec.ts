import { setImmediate as tick, setTimeout as delay } from 'node:timers/promises'
import { KeyedMarks } from './marks'

describe('services/insighthub/src/adapters/memory/marks', () => {
  it('handles marks of one tick once', async () => {
    const handled: string[] = []
    const marks = new KeyedMarks(
      async (key) => void handled.push(key),
      () => undefined,
    )
    for (const key of ['a', 'b', 'a', 'a']) marks.mark(key)
    await tick()
    await marks.stop()
    expect(handled).toEqual(['a', 'b'])
  })

  it('handles a key once more that was marked meanwhile, and never twice at once', async () => {
    const events: string[] = []
    const first = Promise.withResolvers<undefined>()
    const marks = new KeyedMarks(
      async () => {
        events.push('begin')
        if (events.length === 1) await first.promise
        events.push('end')
      },
      () => undefined,
    )
    marks.mark('a')
    await tick()
    marks.mark('a')
    marks.mark('a')
    first.resolve(undefined)
    await delay(10)
    expect(events).toEqual(['begin', 'end', 'begin', 'end'])
    await marks.stop()
  })

  it('tries again what fails', async () => {
    const failures: unknown[] = []
    const done = Promise.withResolvers<undefined>()
    let attempts = 0
    const marks = new KeyedMarks(
      async () => {
        attempts += 1
        if (attempts === 1) throw new Error('not now')
        done.resolve(undefined)
      },
      (key, error) => failures.push([key, error]),
    )
    marks.mark('a')
    await done.promise
    await marks.stop()
    expect(failures).toEqual([['a', new Error('not now')]])
  })
})
