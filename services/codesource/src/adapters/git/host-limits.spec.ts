import { HostLimits } from './host-limits'

const signal = new AbortController().signal

function started(limits: HostLimits, host: string, isProven = true) {
  const done = Promise.withResolvers<undefined>()
  let isRunning = false
  const ended = limits.run({ host, isProven }, signal, () => {
    isRunning = true
    return done.promise
  })
  return { isRunning: () => isRunning, end: () => (done.resolve(undefined), ended) }
}
const settle = () => new Promise(setImmediate)

describe('services/codesource/src/adapters/git/host-limits', () => {
  it('keeps each host to its share', async () => {
    const limits = new HostLimits({ perHost: 1, unprovenPerHost: 1, total: 10 })
    const [one, two, other] = [started(limits, 'a'), started(limits, 'a'), started(limits, 'b')]
    await settle()
    expect([one, two, other].map(({ isRunning }) => isRunning())).toEqual([true, false, true])
    await one.end()
    await settle()
    expect(two.isRunning()).toBe(true)
    await Promise.all([two.end(), other.end()])
  })

  it('keeps places free for repositories that answered last time', async () => {
    const limits = new HostLimits({ perHost: 3, unprovenPerHost: 2, total: 10 })
    const hanging = [1, 2, 3].map(() => started(limits, 'a', false))
    const healthy = started(limits, 'a')
    await settle()
    expect(hanging.map(({ isRunning }) => isRunning())).toEqual([true, true, false])
    expect(healthy.isRunning()).toBe(true)
    await Promise.all([...hanging, healthy].map(({ end }) => end()))
  })

  it('keeps to the total, and forgets who gave up', async () => {
    const limits = new HostLimits({ perHost: 5, unprovenPerHost: 5, total: 1 })
    const one = started(limits, 'a')
    const stop = new AbortController()
    const givenUp = limits.run({ host: 'b', isProven: true }, stop.signal, async () => 'never')
    const two = started(limits, 'b')
    stop.abort(new Error('enough'))
    await expect(givenUp).rejects.toThrow('enough')
    await one.end()
    await settle()
    expect(two.isRunning()).toBe(true)
    await two.end()
  })
})
