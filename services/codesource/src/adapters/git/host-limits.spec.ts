import { HostLimits } from './host-limits'

const signal = new AbortController().signal

function started(limits: HostLimits, host: string) {
  const done = Promise.withResolvers<undefined>()
  let isRunning = false
  const ended = limits.run(host, signal, () => {
    isRunning = true
    return done.promise
  })
  return { isRunning: () => isRunning, end: () => (done.resolve(undefined), ended) }
}
const settle = () => new Promise(setImmediate)

describe('services/codesource/src/adapters/git/host-limits', () => {
  it('keeps each host to its share', async () => {
    const limits = new HostLimits({ perHost: 1, total: 10 })
    const [one, two, other] = [started(limits, 'a'), started(limits, 'a'), started(limits, 'b')]
    await settle()
    expect([one, two, other].map(({ isRunning }) => isRunning())).toEqual([true, false, true])
    await one.end()
    await settle()
    expect(two.isRunning()).toBe(true)
    await Promise.all([two.end(), other.end()])
  })

  it('lets a single command try a host that did not answer', async () => {
    const limits = new HostLimits({ perHost: 5, total: 10 })
    limits.answered('a', false)
    const [one, two] = [started(limits, 'a'), started(limits, 'a')]
    await settle()
    expect(two.isRunning()).toBe(false)
    limits.answered('a', true)
    await settle()
    expect(two.isRunning()).toBe(true)
    await Promise.all([one.end(), two.end()])
  })

  it('keeps to the total, and forgets who gave up', async () => {
    const limits = new HostLimits({ perHost: 5, total: 1 })
    const one = started(limits, 'a')
    const stop = new AbortController()
    const givenUp = limits.run('b', stop.signal, async () => 'never')
    const two = started(limits, 'b')
    stop.abort(new Error('enough'))
    await expect(givenUp).rejects.toThrow('enough')
    await one.end()
    await settle()
    expect(two.isRunning()).toBe(true)
    await two.end()
  })
})
