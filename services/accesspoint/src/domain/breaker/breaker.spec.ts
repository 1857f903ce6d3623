import { Breaker } from './breaker'

const options = { failures: 3, firstOpenMs: 1_000, longestOpenMs: 4_000 }

function opened(): Breaker {
  const breaker = new Breaker(options)
  breaker.trip(0, 'refused')
  return breaker
}

describe('services/accesspoint/src/domain/breaker/breaker', () => {
  it('opens after failures in a row, not after some among successes', () => {
    const breaker = new Breaker(options)
    breaker.failed(0, 'a')
    breaker.failed(0, 'b')
    breaker.succeeded()
    breaker.failed(0, 'c')
    breaker.failed(0, 'd')
    expect(breaker.admit(0)).toEqual({ admitted: true })
    breaker.failed(0, 'connection refused')
    expect(breaker.admit(400)).toEqual({ admitted: false, reason: 'connection refused', retryAfterMs: 600 })
  })

  it('lets one call try when it is half open, and closes when that succeeds', () => {
    const breaker = opened()
    expect(breaker.admit(1_000)).toEqual({ admitted: true })
    expect(breaker.admit(1_000).admitted).toBe(false)
    breaker.succeeded()
    expect(breaker.admit(1_000)).toEqual({ admitted: true })
    expect(breaker.reason).toBeUndefined()
  })

  it('stays open twice as long after each trial that fails, up to a bound', () => {
    const breaker = opened()
    const waits: number[] = []
    let now = 0
    for (let trial = 0; trial < 4; trial++) {
      while (!breaker.admit(now).admitted) now += 100
      waits.push(now)
      breaker.failed(now, 'still')
    }
    expect(waits).toEqual([1_000, 3_000, 7_000, 11_000])
  })

  it('gives the place of a trial that never reports back to another', () => {
    const breaker = opened()
    breaker.admit(1_000)
    expect(breaker.admit(5_000).admitted).toBe(false)
    expect(breaker.admit(11_000).admitted).toBe(true)
  })

  it('is not kept open longer by calls that were under way when it opened', () => {
    const breaker = opened()
    for (let i = 0; i < 10; i++) breaker.failed(500, 'late')
    expect(breaker.admit(1_000).admitted).toBe(true)
  })
})
