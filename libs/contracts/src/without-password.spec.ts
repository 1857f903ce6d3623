import fc from 'fast-check'
import { withoutPassword } from './without-password'

describe('libs/contracts/src/without-password', () => {
  it.each([
    ['https://me:pass@git.example/a', 'https://git.example/a'],
    ['https://token@git.example/a', 'https://git.example/a'],
    ['ssh://git@git.example/a', 'ssh://git@git.example/a'],
    ['ssh://git:pass@git.example/a', 'ssh://git@git.example/a'],
    ['https://me:p@ss@git.example/a', 'https://git.example/a'],
    ['https://git.example/a@b', 'https://git.example/a@b'],
    ['git@git.example:a/b', 'git@git.example:a/b'],
  ])('of %s is %s', (declared, shown) => {
    expect(withoutPassword(declared)).toBe(shown)
  })

  it('shows nothing of a password, whatever it looks like', () => {
    const part = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[/?#]/g, ''))
    const scheme = fc.constantFrom('https', 'HTTP', 'ssh', 'ftp', 'git+ssh')
    fc.assert(
      fc.property(scheme, part, part, part, (protocol, user, before, behind) => {
        const declared = `${protocol}://${user}:${before}canary${behind}@git.example/a`
        expect(withoutPassword(declared)).not.toContain('canary')
        expect(withoutPassword(declared)).toContain('git.example/a')
      }),
    )
  })
})
