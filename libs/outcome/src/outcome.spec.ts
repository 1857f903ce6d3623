import { z } from 'zod'
import { describeError, Later, Never, outcomeOf } from './index'

describe('libs/outcome/src/outcome', () => {
  it('takes Never for final', () => {
    expect(outcomeOf(new Never('no such project'))).toEqual({ kind: 'never', reason: 'no such project' })
  })

  it('takes Later for later, with its own wait', () => {
    expect(outcomeOf(new Later('busy', 50))).toEqual({ kind: 'later', reason: 'busy', delayMs: 50 })
    expect(outcomeOf(new Later('busy'))).toEqual({ kind: 'later', reason: 'busy', delayMs: undefined })
  })

  it.each([
    [new Error('connection reset'), 'connection reset'],
    ['a word', 'a word'],
    [undefined, 'undefined'],
  ])('takes anything else for later: %s', (thrown, reason) => {
    expect(outcomeOf(thrown)).toEqual({ kind: 'later', reason, delayMs: undefined })
  })

  describe('an error', () => {
    it('is told with its causes, from outside in', () => {
      const error = new Error('apply Deployment a/b', { cause: new Error('patch', { cause: new Error('refused') }) })
      expect(describeError(error)).toBe('apply Deployment a/b: patch: refused')
    })

    it('does not repeat a cause that its message already tells', () => {
      const cause = new Error('refused')
      expect(describeError(new Never('apply a/b: refused', { cause }))).toBe('apply a/b: refused')
    })

    it('without a message is told by its name', () => {
      class ApplyRejectedError extends Error {
        override name = 'ApplyRejectedError'
      }
      expect(describeError(new ApplyRejectedError())).toBe('ApplyRejectedError')
    })

    it('ends even when it causes itself', () => {
      const error = new Error('round')
      error.cause = error
      expect(describeError(error)).toBe('round')
    })

    it('steers no terminal by what it quotes', () => {
      expect(describeError(new Error('file \u001b[2J\u0000\r is\tbad:\r\nline two'))).toBe(
        'file \\u001b[2J\\u0000\\u000d is\tbad:\nline two',
      )
    })

    it('of a value is told field by field', () => {
      const { error } = z.object({ a: z.object({ b: z.number() }), c: z.string() }).safeParse({ a: {} })
      expect(describeError(new Error('read x', { cause: error }))).toBe(
        'read x: a.b: Invalid input: expected number, received undefined; c: Invalid input: expected string, received undefined',
      )
    })

    it('that stands for several is told by them', () => {
      const attempts = [new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 127.0.0.1:1')]
      const told = 'fetch: connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1'
      expect(describeError(new Error('fetch', { cause: new AggregateError(attempts) }))).toBe(told)
    })
  })

  it('keeps the cause of an outcome', () => {
    const cause = new Error('root')
    expect([new Later('l', 1, { cause }).cause, new Never('n', { cause }).cause]).toEqual([cause, cause])
  })
})
