import { matchesAny } from './subject-filter'

describe('libs/jetstream/src/replay/subject-filter', () => {
  it.each([
    [[], 'a.b', true],
    [['a.b'], 'a.b', true],
    [['a.*'], 'a.b', true],
    [['a.*'], 'a.b.c', false],
    [['a.>'], 'a.b.c', true],
    [['a.>'], 'a', false],
    [['>'], 'a', true],
    [['x.>', '*.b'], 'a.b', true],
    [['b.a'], 'a.b', false],
  ])('%j on %s: %s', (filters, subject, expected) => {
    expect(matchesAny(filters, subject)).toBe(expected)
  })
})
