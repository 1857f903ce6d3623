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
    ['[a!].json', '!.json', true],
    ['[a-c].json', 'b.json', true],
    ['\\*.json', '*.json', true],
    ['\\*.json', 'a.json', false],
    ['**/x.yaml', 'a/b/x.yaml', true],
    ['{a,b', 'a', false],
    ['[', 'a', false],
    ['a,b.yaml', 'a,b.yaml', true],
  ])('A4.4 %s against %s: %s', (glob, path, matches) => {
    expect(matchesGlob(glob, path)).toBe(matches)
  })
})
