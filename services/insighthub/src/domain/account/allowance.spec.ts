import { Allowance } from './allowance'

describe('services/insighthub/src/domain/account/allowance', () => {
  it('allows a burst, then one in a while', () => {
    const allowance = new Allowance({ burst: 2, everyMs: 1000 })
    const taken = [0, 0, 0, 500, 1000, 1500, 2000].map((now) => allowance.take('a', now))
    expect(taken).toEqual([true, true, false, false, true, false, true])
  })

  it('keeps keys apart and never gathers more than a burst', () => {
    const allowance = new Allowance({ burst: 1, everyMs: 10 })
    expect([
      allowance.take('a', 0),
      allowance.take('b', 0),
      allowance.take('a', 1000),
      allowance.take('a', 1001),
    ]).toEqual([true, true, true, false])
  })
})
