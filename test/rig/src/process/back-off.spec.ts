import { failuresAfter, restartDelay } from './back-off'

describe('test/rig/src/process/back-off', () => {
  it('comes back quickly after the first end and never later than five seconds', () => {
    expect([1, 2, 3, 6, 7, 50].map(restartDelay)).toEqual([100, 200, 400, 3200, 5000, 5000])
  })

  it('counts ends in a row and forgets them once a process has run for a while', () => {
    expect(failuresAfter(0, 5)).toBe(1)
    expect(failuresAfter(3, 2_999)).toBe(4)
    expect(failuresAfter(3, 3_000)).toBe(1)
  })
})
