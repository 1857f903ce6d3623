import fc from 'fast-check'
import { candidatesOf, isSafeRef, isUnusualRef, unresolvedProblem } from './target'

const expressions = (target: string, head?: string) => candidatesOf(target, head).map(({ expression }) => expression)
const sha = '0123456789abcdef0123456789abcdef01234567'

describe('services/codesource/src/domain/revision/target', () => {
  it('looks for a revision in the order of Argo CD (A3)', () => {
    expect(expressions(sha)).toEqual([sha])
    expect(expressions(sha.toUpperCase())).toEqual([sha])
    expect(expressions('', 'refs/heads/trunk')).toEqual(['refs/heads/trunk'])
    expect(expressions('HEAD', 'refs/heads/trunk')).toEqual(['refs/heads/trunk'])
    expect(expressions('HEAD')).toEqual([])
    expect(expressions('v1.2.3')).toEqual(['refs/heads/v1.2.3', 'refs/tags/v1.2.3', 'refs/v1.2.3'])
    expect(expressions('refs/tags/v1')).toEqual(['refs/tags/v1'])
    expect(expressions('abcdef12').at(-1)).toBe('abcdef12')
    expect(expressions('abcdef').at(-1)).toBe('refs/abcdef')
  })

  it('asks git for nothing but names and ids', () => {
    for (const target of ['main~1', 'main^', ':/fix', 'a b', 'a\nb', '--all', '@{-1}', 'main:file', 'a..b'])
      expect(expressions(target)).toEqual([])
    const harmless = /^(refs\/[^\s~^:?*[\\]+|[0-9a-f]{7,40})$/
    fc.assert(
      fc.property(fc.string(), (target) => {
        for (const expression of expressions(target)) expect(expression).toMatch(harmless)
      }),
    )
  })

  it('knows refs that are neither branches nor tags', () => {
    expect(isUnusualRef('refs/pull/7/head')).toBe(true)
    expect(isUnusualRef('refs/heads/main')).toBe(false)
    expect(isUnusualRef('main')).toBe(false)
  })

  it('takes no name of a ref from a host that would leave the folder of refs', () => {
    for (const name of ['refs/heads/main', 'refs/heads/a/b-1.2', 'refs/tags/v1.0']) expect(isSafeRef(name)).toBe(true)
    const bad = [
      'HEAD',
      'refs/heads/../../x',
      'refs/heads/.git',
      'refs/heads/a.lock',
      'refs/heads/a.lock/b',
      'refs/heads/',
    ]
    for (const name of [...bad, 'refs/heads//a', 'refs/heads/a b', '../refs/heads/a'])
      expect(isSafeRef(name)).toBe(false)
  })

  it.each(['1.2.*', '>=1 <2', '~1', '^1.2', '*', '1.x', '1 - 2', '1.0 || 2.0'])('calls %s a constraint', (target) => {
    expect(unresolvedProblem('u', target).reason).toBe('RevisionUnsupported')
  })

  it('names what was not found', () => {
    expect(unresolvedProblem('u', 'main').message).toContain('"main" is not in u')
    expect(unresolvedProblem('u', 'release-1.2').reason).toBe('RevisionNotFound')
    expect(unresolvedProblem('u', '').message).toContain('default branch')
  })
})
