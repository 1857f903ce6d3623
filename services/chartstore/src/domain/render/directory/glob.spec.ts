import { matchesGlob } from './glob'

describe('services/chartstore/src/domain/render/directory/glob', () => {
  it.each([
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', 'deep/a.yaml', true],
    ['?.yaml', 'ab.yaml', false],
    ['{a,b}.yaml', 'b.yaml', true],
    ['{*.yml,env-{dev,prod}/*}', 'env-prod/x.yaml', true],
    ['{*.yml,env-{dev,prod}/*}', 'env-test/x.yaml', false],
    ['[ab].json', 'a.json', true],
    ['[!ab].json', 'a.json', false],
    ['a+b.yaml', 'a+b.yaml', true],
    ['[', '[', false],
  ])('A4.4 %s against %s: %s', (glob, path, matches) => {
    expect(matchesGlob(glob, path)).toBe(matches)
  })
})
