import { Hints, originOf, type Hint } from './hints'

const push = (id: string, after: string, ref = 'refs/heads/main'): Hint => ({
  kind: 'webhook',
  fact: { id, correlationId: id },
  ref,
  after,
})
const seen = { target: 'main', ref: 'refs/heads/main', commit: 'b' }

describe('services/codesource/src/domain/revision/hints', () => {
  it('names every push of the branch as a cause, the first one as the beginning', () => {
    const hints = [push('d1', 'a'), push('d2', 'b'), push('d3', 'c', 'refs/heads/other')]
    expect(originOf(hints, seen)).toEqual({ via: 'webhook', causes: ['d1', 'd2'], correlationId: 'd1' })
  })

  it('blames no push of another branch', () => {
    expect(originOf([push('d3', 'c', 'refs/heads/other')], seen)).toEqual({ via: 'poll', causes: [] })
  })

  it('names the declaration that made the mesh look', () => {
    const declared: Hint = { kind: 'declared', fact: { id: 'a1', correlationId: 'a0' }, targets: ['main'] }
    expect(originOf([declared], seen)).toEqual({ via: 'declared', causes: ['a1'], correlationId: 'a0' })
    expect(originOf([declared], { ...seen, target: 'v1' }).via).toBe('poll')
    expect(originOf([declared, { kind: 'refresh' }], seen)).toEqual({ via: 'refresh', causes: [] })
  })

  it('forgets what was taken, and takes it back in order', () => {
    const hints = new Hints()
    hints.add('r', push('d1', 'a'))
    const taken = hints.take('r')
    expect(hints.take('r')).toEqual([])
    hints.add('r', push('d2', 'b'))
    hints.restore('r', taken)
    expect(hints.take('r').map(({ fact }) => fact?.id)).toEqual(['d1', 'd2'])
  })
})
