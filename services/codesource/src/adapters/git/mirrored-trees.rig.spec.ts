import { commitFiles, eventually, git, gitRepo, removeDir, startGitServer, tempDir, type GitServer } from '@k8or/rig'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mirrorsIn } from '../../../test/mirrors-in'
import { TreeMissingError, TreeTooLargeError, type ReadOptions } from '../../domain/tree/tree'
import type { GitMirrors } from './git-mirrors'
import { namedRepository } from './git-mirrors'
import { MirroredTrees } from './mirrored-trees'

const signal = new AbortController().signal
const plain: ReadOptions = { recurse: true, maxBytes: 1 << 20, suffixes: [], followLinks: false }

describe('services/codesource/src/adapters/git/mirrored-trees.rig', () => {
  const root = tempDir('git')
  const dir = tempDir('mirrors')
  let server: GitServer
  let mirrors: GitMirrors
  let trees: MirroredTrees
  let url: string
  let repo: string
  let first: string

  beforeAll(async () => {
    server = await startGitServer({ root })
    repo = await gitRepo(root, 'mono')
    url = server.urlOf('mono')
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`apps/a${index}/d.yaml`, `n: ${index}\n`]),
    )
    first = await commitFiles(repo, { ...many, 'apps/a1/deep/e.json': '{}', 'apps/a1/notes.txt': 'x', 'top.yaml': 't' })
    mirrors = mirrorsIn(dir).mirrors
    trees = new MirroredTrees(mirrors)
  })

  afterAll(async () => {
    mirrors.close()
    await server.stop()
    removeDir(root)
    removeDir(dir)
  })

  const read = async (path: string, options: Partial<ReadOptions> = {}, commit = first) =>
    (await trees.read(url, commit, path, { ...plain, ...options }, signal)).files

  it('says what paths are, all at once, and fetches a commit that it lacks by itself', async () => {
    const paths = Array.from({ length: 500 }, (_, index) => `apps/a${index}`)
    const listed = await trees.list(url, first, [...paths, 'top.yaml', '.', 'nowhere', '../etc', '/apps/a1/'], signal)
    expect(listed.slice(0, 500).every(({ kind, id }) => kind === 'tree' && id.length === 40)).toBe(true)
    expect(listed.slice(500).map(({ path, kind }) => [path, kind])).toEqual([
      ['top.yaml', 'blob'],
      ['.', 'tree'],
      ['nowhere', ''],
      ['../etc', ''],
      ['/apps/a1/', 'tree'],
    ])
  })

  it('gives a tree that a commit does not touch the same id', async () => {
    const second = await commitFiles(repo, { 'apps/a7/d.yaml': 'n: changed\n' })
    const ids = async (commit: string) =>
      (await trees.list(url, commit, ['apps/a6', 'apps/a7'], signal)).map(({ id }) => id)
    const [before, after] = [await ids(first), await ids(second)]
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
    expect((await read('apps/a7', {}, first)).map(({ content }) => content.toString())).toEqual(['n: 7\n'])
  })

  it('reads the files of a folder, with or without those below', async () => {
    expect((await read('apps/a1')).map(({ path }) => path)).toEqual(['d.yaml', 'deep/e.json', 'notes.txt'])
    expect((await read('apps/a1', { recurse: false })).map(({ path }) => path)).toEqual(['d.yaml', 'notes.txt'])
    expect((await read('apps/a1', { suffixes: ['.yaml', '.json'] })).map(({ path }) => path)).toEqual([
      'd.yaml',
      'deep/e.json',
    ])
    expect((await read('top.yaml')).map(({ path, content }) => [path, content.toString()])).toEqual([['', 't']])
  })

  it('names what is not there or too large', async () => {
    await expect(read('nowhere')).rejects.toThrow(TreeMissingError)
    await expect(read('../etc')).rejects.toThrow(TreeMissingError)
    await expect(read('apps', {}, '1'.repeat(40))).rejects.toThrow(/commit 1{40} is not in/)
    await expect(read('apps', {}, 'main')).rejects.toThrow(TreeMissingError)
    await expect(read('apps', { maxBytes: 1000 })).rejects.toThrow(TreeTooLargeError)
  })

  it('follows links inside the repository and no others (A4.4)', async () => {
    const work = tempDir('work')
    mkdirSync(join(work, 'app/sub'), { recursive: true })
    mkdirSync(join(work, 'base'))
    writeFileSync(join(work, 'base/b.yaml'), 'base: 1\n')
    const links = {
      'in.yaml': '../base/b.yaml',
      'twice.yaml': 'in.yaml',
      'out.yaml': '../../../etc/passwd',
      'abs.yaml': '/etc/passwd',
      'gone.yaml': 'nothing.yaml',
      'dir.yaml': '../base',
      'loop.yaml': 'loop.yaml',
      'sub/in.yaml': '../../base/b.yaml',
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(work, 'app', name))
    const linked = await gitRepo(root, 'linked')
    await git(['init', '-q', '-b', 'main', work])
    await git(['-C', work, 'add', '-A'])
    await git(['-C', work, 'commit', '-q', '-m', 'links'])
    await git(['-C', work, 'push', '-q', linked, 'main'])
    const commit = await git(['-C', work, 'rev-parse', 'HEAD'])
    const options = { ...plain, followLinks: true }
    const { files } = await trees.read(server.urlOf('linked'), commit, 'app', options, signal)
    expect(Object.fromEntries(files.map((file) => [file.path, file.linkProblem || file.content.toString()]))).toEqual({
      'abs.yaml': 'outside',
      'dir.yaml': 'directory',
      'gone.yaml': 'dangling',
      'in.yaml': 'base: 1\n',
      'loop.yaml': 'loop',
      'out.yaml': 'outside',
      'sub/in.yaml': 'base: 1\n',
      'twice.yaml': 'base: 1\n',
    })
    expect(files.every(({ isLink }) => isLink)).toBe(true)
    const unfollowed = await trees.read(server.urlOf('linked'), commit, 'app', plain, signal)
    expect(unfollowed.files.find(({ path }) => path === 'abs.yaml')?.content.toString()).toBe('/etc/passwd')
    removeDir(work)
  })

  it('makes a broken mirror again', async () => {
    const repository = namedRepository(url)
    const before = await read('apps/a3')
    const objects = join(dir, repository.token, 'objects')
    const isObject = (name: string) => /^[0-9a-f]{2}\/|\.pack$/.test(name)
    const paths = (await readdir(objects, { recursive: true })).filter(isObject)
    const blob = before[0]?.id ?? ''
    for (const path of paths) {
      chmodSync(join(objects, path), 0o644)
      if (path.endsWith('.pack') || path.replace('/', '') === blob) truncateSync(join(objects, path), 0)
    }
    mirrors.close()
    await eventually(async () => (await read('apps/a3')).length === 1)
    const commit = await commitFiles(repo, { 'apps/a3/d.yaml': 'again' })
    expect((await read('apps/a3', {}, commit))[0]?.content.toString()).toBe('again')
  })

  it('reads five hundred folders in a moment', async () => {
    const began = performance.now()
    await Promise.all(Array.from({ length: 500 }, (_, index) => read(`apps/a${index}`)))
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
