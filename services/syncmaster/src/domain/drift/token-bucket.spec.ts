import { failedHealWaitMs, healAllowance, TokenBuckets } from './token-bucket'

describe('services/syncmaster/src/domain/drift/token-bucket', () => {
  it('lets twenty through at once, then one in two seconds', () => {
    const buckets = new TokenBuckets(healAllowance)
    const waits = Array.from({ length: 21 }, () => buckets.take('a', 0))
    expect(waits.slice(0, 20).every((wait) => wait === 0)).toBe(true)
    expect(waits[20]).toBe(2000)
    expect(buckets.take('a', 1999)).toBeGreaterThan(0)
    expect(buckets.take('a', 2000)).toBe(0)
    expect(buckets.take('a', 2000)).toBe(2000)
  })

  it('counts each object by itself', () => {
    const buckets = new TokenBuckets({ burst: 1, refillMs: 1000 })
    expect(buckets.take('a', 0)).toBe(0)
    expect(buckets.take('b', 0)).toBe(0)
    expect(buckets.take('a', 0)).toBe(1000)
  })

  it('forgets who has not been seen for long, and nobody else', () => {
    const buckets = new TokenBuckets({ burst: 2, refillMs: 1000 })
    for (let round = 0; round < 20_000; round++) buckets.take(`object-${round}`, round * 10)
    expect(buckets.size).toBeLessThan(2500)
    const waits = new TokenBuckets({ burst: 1, refillMs: 1000 })
    waits.take('busy', 0)
    for (let round = 0; round < 5000; round++) waits.take(`object-${round}`, 500)
    expect(waits.take('busy', 500)).toBe(500)
  })

  it('A7.2 waits longer after each heal that failed', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(failedHealWaitMs)).toEqual([
      0, 2000, 6000, 18_000, 54_000, 162_000, 300_000, 300_000,
    ])
  })
})
