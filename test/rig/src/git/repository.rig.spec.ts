import { removeDir, tempDir } from '../temp-dir'
import { git } from './git-command'
import { commitFiles, gitRepo, headOf, readFileAt } from './repository'

describe('test/rig/src/git/repository', () => {
  const root = tempDir('git')
  afterAll(() => removeDir(root))

  it('adds, changes and removes files in commits that follow each other', async () => {
    const repo = await gitRepo(root, 'team/shop')
    const first = await commitFiles(repo, { 'a/one.yaml': 'one: 1\n', 'two words.txt': 'ü' }, 'first')
    const second = await commitFiles(repo, { 'a/one.yaml': 'one: 2\n', 'two words.txt': null }, 'second\n\nwith a body')
    expect(await headOf(repo)).toBe(second)
    expect(await git(['-C', repo, 'rev-parse', `${second}^`])).toBe(first)
    expect(await readFileAt(repo, 'a/one.yaml')).toBe('one: 2')
    expect(await git(['-C', repo, 'ls-tree', '-r', '--name-only', 'main'])).toBe('a/one.yaml')
    expect(await git(['-C', repo, 'log', '-1', '--format=%B'])).toBe('second\n\nwith a body')
    await git(['-C', repo, 'fsck', '--strict'])
  })

  it('commits to branches of their own', async () => {
    const repo = await gitRepo(root, 'branches')
    await commitFiles(repo, { a: '1' })
    const sha = await commitFiles(repo, { b: '2' }, 'other', 'release/1')
    expect(await headOf(repo, 'release/1')).toBe(sha)
    expect(await headOf(repo, 'none')).toBeUndefined()
  })
})
