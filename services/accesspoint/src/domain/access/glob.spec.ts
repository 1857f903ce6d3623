import fc from 'fast-check'
import { matchesGlob, matchesGlobOrExpression } from './glob'

describe('services/accesspoint/src/domain/access/glob', () => {
  it.each([
    ['*', 'anything/at all', true],
    ['team-*', 'team-a/b', true],
    ['team-?', 'team-ab', false],
    ['{a,b}-prod', 'b-prod', true],
    ['{a,b}-prod', 'c-prod', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['a.b', 'axb', false],
    ['a+', 'aa', false],
    ['a\\*', 'a*', true],
    ['\\d', '1', false],
    ['{never closed', '{never closed', false],
    ['', '', true],
    ['', 'x', false],
  ])('%s against %s is %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches)
  })

  it('takes any text literally but for its special characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        const escaped = text.replace(/[\\*?[\]{},!]/g, '\\$&')
        expect(matchesGlob(escaped, text)).toBe(true)
      }),
    )
  })

  it('takes an entry between slashes for a regular expression, and one that can not be read for none', () => {
    expect(matchesGlobOrExpression('/^team-[0-9]+$/', 'team-12')).toBe(true)
    expect(matchesGlobOrExpression('/^team-[0-9]+$/', 'team-x')).toBe(false)
    expect(matchesGlobOrExpression('/(/', 'team')).toBe(false)
    expect(matchesGlobOrExpression('team-*', 'team-x')).toBe(true)
  })
})
