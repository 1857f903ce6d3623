import fc from 'fast-check'
import { matchesGlob, matchesGlobOrExpression } from './glob'

const literally = (text: string): string => text.replace(/[\\*?[\]{},!]/g, '\\$&')
const words = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { minLength: 1, maxLength: 4 })

describe('libs/projects/src/glob', () => {
  it.each([
    ['*', 'anything/at all', true],
    ['team-*', 'team-a/b', true],
    ['team-?', 'team-ab', false],
    ['a?c', 'abc', true],
    ['{a,b}-prod', 'b-prod', true],
    ['{a,b}-prod', 'c-prod', false],
    ['{a,b}-[0-9]', 'b-3', true],
    ['{*.yml,env-{dev,prod}/*}', 'env-prod/x.yaml', true],
    ['{*.yml,env-{dev,prod}/*}', 'env-test/x.yaml', false],
    ['a{,b}c', 'ac', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a-c]x', 'dx', true],
    ['[ab].json', 'a.json', true],
    ['[a!].json', '!.json', true],
    ['[^a]', 'b', false],
    ['[\\d]', '1', false],
    ['*.yaml', 'deep/a.yaml', true],
    ['**/x.yaml', 'a/b/x.yaml', true],
    ['a.b', 'axb', false],
    ['a+', 'aa', false],
    ['a+b.yaml', 'a+b.yaml', true],
    ['a,b.yaml', 'a,b.yaml', true],
    ['a}', 'a}', true],
    ['a\\*', 'a*', true],
    ['\\*.json', 'a.json', false],
    ['\\d', '1', false],
    ['{never closed', '{never closed', false],
    ['{a,b', 'a', false],
    ['[', '[', false],
    ['a\\', 'a\\', false],
    ['*\n*', 'a\nb', true],
    ['', '', true],
    ['', 'x', false],
  ])('A10 A4.4 %s against %s is %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches)
  })

  it.each([
    ['a*', 'a/b', false],
    ['a**', 'a/b', true],
    ['a?b', 'a/b', false],
    ['*', 'a/b', false],
    ['**', 'a/b', true],
    ['https://git.test/{a,b}/*', 'https://git.test/b/c', true],
  ])('A10 %s against %s is %s where / separates', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text, '/')).toBe(matches)
  })

  it('takes any text literally but for its special characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        expect(matchesGlob(literally(text), text)).toBe(true)
        expect(matchesGlob(literally(text), `${text}x`)).toBe(false)
      }),
    )
  })

  it('finds in any text what its parts are joined by', () => {
    fc.assert(
      fc.property(words, fc.string({ maxLength: 6 }), (parts, between) => {
        expect(matchesGlob(parts.map(literally).join('*'), parts.join(between))).toBe(true)
        expect(matchesGlob(`x{${parts.map(literally).join(',')}}y`, `x${parts.at(-1) ?? ''}y`)).toBe(true)
      }),
    )
  })

  it('answers the worst of patterns at once', () => {
    expect(matchesGlob(`${'{a,*}'.repeat(60)}b`, 'a'.repeat(2_000))).toBe(false)
    expect(matchesGlob('*a'.repeat(100), 'a'.repeat(2_000))).toBe(true)
  })

  it('A10 takes an entry between slashes for a regular expression, and one that can not be read for none', () => {
    expect(matchesGlobOrExpression('/^team-[0-9]+$/', 'team-12')).toBe(true)
    expect(matchesGlobOrExpression('/^team-[0-9]+$/', 'team-x')).toBe(false)
    expect(matchesGlobOrExpression('/(/', 'team')).toBe(false)
    expect(matchesGlobOrExpression('team-*', 'team-x')).toBe(true)
  })
})
