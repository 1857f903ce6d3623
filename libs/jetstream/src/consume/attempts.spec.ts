import { backoffMs, maxAttempts, verdictOf } from './attempts'

const later = { kind: 'later', reason: 'no room', delayMs: undefined } as const

describe('libs/jetstream/src/consume/attempts', () => {
  it('acknowledges what was handled, and buries at once what never can be', () => {
    expect(verdictOf({ kind: 'done' }, 9)).toEqual({ kind: 'acknowledge' })
    expect(verdictOf({ kind: 'never', reason: 'no such key' }, 1)).toEqual({ kind: 'bury', reason: 'no such key' })
  })

  it('tries again at growing intervals, or as Later says', () => {
    expect(verdictOf(later, 1)).toMatchObject({ kind: 'again', delayMs: backoffMs[0] })
    expect(verdictOf(later, backoffMs.length + 3)).toMatchObject({ kind: 'again', delayMs: backoffMs.at(-1) })
    expect(verdictOf({ ...later, delayMs: 7 }, 2)).toEqual({ kind: 'again', delayMs: 7, reason: 'no room' })
  })

  it('buries what failed too often, with the last reason', () => {
    expect(verdictOf(later, maxAttempts - 1).kind).toBe('again')
    expect(verdictOf(later, maxAttempts)).toEqual({ kind: 'bury', reason: 'failed 15 times, at last: no room' })
  })
})
