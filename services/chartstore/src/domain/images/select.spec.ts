import fc from 'fast-check'
import { parseConstraint, versionOf } from './constraint'
import type { KnownTag } from './known-tag'
import { refusalOf, select, type TagRules } from './select'

const rules: TagRules = { strategy: 'semver', constraint: '', allow: 'any', ignore: [], platforms: [] }
const tagged = (...names: string[]): KnownTag[] => names.map((name) => ({ name }))
const pick = (tags: readonly KnownTag[], more: Partial<TagRules>, current?: KnownTag) =>
  select(tags, { ...rules, ...more }, current).selected?.name ?? null

describe('services/chartstore/src/domain/images/select', () => {
  describe('semver', () => {
    it.each([
      ['~1.2', ['1.2.0', '1.2.9', '1.3.0'], '1.2.9'],
      ['1.x', ['1.2.0', '1.10.0', '2.0.0'], '1.10.0'],
      ['^1.2', ['1.1.0', '1.9.1', '2.0.0'], '1.9.1'],
      ['^0.2.3', ['0.2.9', '0.3.0'], '0.2.9'],
      ['>=1.0, <1.5', ['1.4.9', '1.5.0'], '1.4.9'],
      ['>=1.0 <1.5', ['1.4.9', '1.5.0'], '1.4.9'],
      ['1.2 - 1.4', ['1.4.7', '1.5.0'], '1.4.7'],
      ['!=1.3.0', ['1.2.0', '1.3.0'], '1.2.0'],
      ['~1.2 || ~3', ['1.2.0', '2.0.0', '3.9.0'], '3.9.0'],
      ['>1.2', ['1.2.7', '1.3.0'], '1.3.0'],
      ['>1.2', ['1.2.7'], null],
      ['<=1.2', ['1.2.7', '1.3.0'], '1.2.7'],
      ['~1', ['1.9.0', '2.0.0'], '1.9.0'],
      ['1.2.3', ['1.2.3', '1.2.4'], '1.2.3'],
      ['*', ['0.1.0', '7.0.0'], '7.0.0'],
      ['', ['0.1.0', 'latest', '7.0.0'], '7.0.0'],
    ])('takes the highest that %s admits of %s (A18)', (constraint, names, selected) =>
      expect(pick(tagged(...names), { constraint })).toBe(selected),
    )

    it.each([
      ['~1.2', ['1.2.0', '1.2.1-rc.1'], '1.2.0'],
      ['', ['1.2.0', '1.3.0-rc.1'], '1.2.0'],
      ['~1.2-0', ['1.2.0', '1.2.1-rc.1'], '1.2.1-rc.1'],
      ['1.x-0', ['1.2.0', '1.9.0-beta', '2.0.0-rc'], '1.9.0-beta'],
      ['>=1.0-0, <2', ['1.2.0', '1.9.0-beta'], '1.9.0-beta'],
    ])('takes what comes before a release only where %s asks for it: of %s (A18)', (constraint, names, selected) =>
      expect(pick(tagged(...names), { constraint })).toBe(selected),
    )

    it('ignores a leading v, and what no version is', () => {
      expect(pick(tagged('v1.2.0', '1.1', 'latest', 'main'), { constraint: '1.x' })).toBe('v1.2.0')
      expect(versionOf('v1.2')?.version).toBe('1.2.0')
      expect(versionOf('1.2.3.4')).toBeUndefined()
    })

    it('keeps what runs where another tag is the same version', () => {
      expect(pick(tagged('1.2.0', 'v1.2.0'), {}, { name: 'v1.2.0' })).toBe('v1.2.0')
      expect(pick(tagged('1.2.0', 'v1.2.0'), {}, { name: '1.2.0' })).toBe('1.2.0')
    })

    it.each(['latest', '1.2 beta', '>>1', '1.2.3.4', '~', '||', '1.2,,1'])('reads no constraint in %s', (text) =>
      expect(parseConstraint(text)).toBeUndefined(),
    )
  })

  it('takes the newest build, of equal dates the last by name (A18)', () => {
    const tags = [
      { name: 'a', created: '2026-01-01T00:00:00Z' },
      { name: 'c', created: '2026-01-02T00:00:00Z' },
      { name: 'b', created: '2026-01-02T01:00:00+01:00' },
      { name: 'z' },
    ]
    expect(pick(tags, { strategy: 'newest-build' })).toBe('c')
    expect(refusalOf({ name: 'z' }, { ...rules, strategy: 'newest-build' })).toBe('it is not known when z was built')
  })

  it('takes the last by name (A18)', () =>
    expect(pick(tagged('2026-01-09', '2026-01-10', '2025-12-31'), { strategy: 'alphabetical' })).toBe('2026-01-10'))

  it('follows the digest of one tag (A18)', () => {
    const tags = [{ name: '1.0' }, { name: 'main', digest: 'sha256:b', isMoved: true }]
    expect(select(tags, { ...rules, strategy: 'digest', constraint: 'main' })).toEqual({
      selected: tags[1],
      reason: 'main is now sha256:b',
    })
  })

  it('lets through only what allow-tags matches, and nothing where it can not be read (A18)', () => {
    const tags = tagged('1.0.0', '1.1.0-prod', '1.2.0-dev')
    const strategy = 'alphabetical' as const
    expect(pick(tags, { strategy, allow: 'regexp:^.*-prod$' })).toBe('1.1.0-prod')
    expect(pick(tags, { strategy, allow: 'regexp:(?i)PROD' })).toBe('1.1.0-prod')
    expect(pick(tags, { strategy, allow: 'regexp:(' })).toBeNull()
    expect(pick(tags, { strategy, allow: 'prod' })).toBeNull()
  })

  it('does not wait for an expression that never ends', () => {
    const tag = `${'a'.repeat(60)}!`
    const { selected, reason } = select(tagged(tag), { ...rules, strategy: 'alphabetical', allow: 'regexp:^(a+)+$' })
    expect(selected).toBeNull()
    expect(reason).toMatch(/takes too long/)
  })

  it('leaves out what a glob of ignore-tags takes (A18)', () =>
    expect(pick(tagged('1.0.0', '1.1.0', '1.2.0'), { ignore: ['1.2.*', '1.[1-1].0'] })).toBe('1.0.0'))

  it('takes only what is for one of the platforms', () => {
    const tags = [
      { name: '1.0.0', platforms: ['linux/amd64', 'linux/arm64/v8'] },
      { name: '1.1.0', platforms: ['linux/amd64'] },
      { name: '1.2.0' },
    ]
    expect(pick(tags, { platforms: ['linux/arm64'] })).toBe('1.0.0')
    expect(pick(tags, { platforms: ['linux/arm64/v7'] })).toBeNull()
    expect(pick(tags, { platforms: ['linux/amd64'] })).toBe('1.1.0')
  })

  it('refuses a tag that was pushed again, but for the strategy digest', () => {
    const moved = { name: '1.1.0', isMoved: true }
    expect(pick([{ name: '1.0.0' }, moved], {})).toBe('1.0.0')
    expect(refusalOf(moved, rules)).toMatch(/^1.1.0 was pushed again with another digest; push a new tag/)
  })

  it('stays at what runs when its tag vanished and nothing newer is there', () => {
    const { selected, reason } = select(tagged('1.1.0', '1.2.0'), rules, { name: '1.3.0' })
    expect(selected).toEqual({ name: '1.3.0' })
    expect(reason).toBe('1.3.0 is no longer in the registry and nothing newer is there: it stays')
    expect(pick(tagged('1.4.0'), {}, { name: '1.3.0' })).toBe('1.4.0')
    expect(pick(tagged('1.2.0'), { constraint: '~1.2' }, { name: '1.3.0' })).toBe('1.2.0')
  })

  it('says why it selects nothing', () => {
    expect(select([], rules, { name: '1.0.0' }).reason).toBe('there is no tag; 1.0.0 stays')
    expect(select(tagged('2.0.0', 'main'), { ...rules, constraint: '1.x' }).reason).toBe(
      'no tag is admitted: 1.x does not admit 2.0.0; main is no version',
    )
  })

  it('selects the same whatever order the tags come in', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^v?[0-3]\.[0-3](\.[0-3])?$/), { maxLength: 12 })
    const strategy = fc.constantFrom('semver' as const, 'alphabetical' as const)
    fc.assert(
      fc.property(names, strategy, fc.integer(), (all, chosen, seed) => {
        const shuffled = [...all].sort((one, other) => (((one + String(seed)).length * seed) % 7) - other.charCodeAt(0))
        expect(pick(tagged(...shuffled), { strategy: chosen })).toBe(pick(tagged(...all), { strategy: chosen }))
      }),
    )
  })
})
