import { pathProblem } from './path'

describe('services/codesource/src/domain/commit/path', () => {
  it('takes ordinary paths', () => {
    for (const path of ['a.yaml', 'apps/a b/values.yaml', '.github/x', 'a/.gitignore', 'ä/…'])
      expect(pathProblem(path)).toBeUndefined()
  })

  it('refuses what leaves the repository or enters git’s own folders, in every spelling', () => {
    const wrong = ['', '/a', '../a', 'a/../b', 'a//b', 'a/', './a', 'a\\b', 'C:a', 'a\nb', 'a\0', 'x'.repeat(1001)]
    const gits = ['.git/config', 'a/.GIT/hooks/x', '.git', '.git./x', '.git /x', 'GIT~1/config', '.g\u200cit/config']
    for (const path of [...wrong, ...gits]) expect([path, typeof pathProblem(path)]).toEqual([path, 'string'])
  })
})
