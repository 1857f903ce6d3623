import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeDir, tempDir } from '../temp-dir'
import { git } from './git-command'
import { startGitServer, type GitServer } from './http-server'
import { commitFiles, gitRepo, headOf } from './repository'

describe('test/rig/src/git/http-server', () => {
  const dir = tempDir('git-http')
  const root = join(dir, 'root')
  let server: GitServer

  beforeAll(async () => {
    server = await startGitServer({ root })
  })

  afterAll(async () => {
    await server.stop()
    removeDir(dir)
  })

  it('serves clones and shallow fetches by commit id', async () => {
    const repo = await gitRepo(root, 'team/read')
    const first = await commitFiles(repo, { a: '1' })
    const second = await commitFiles(repo, { a: '2' })
    const clone = join(dir, 'clone')
    await git(['clone', '--quiet', server.urlOf('team/read'), clone])
    expect(await git(['-C', clone, 'rev-parse', 'HEAD'])).toBe(second)
    await git(['init', '--quiet', '--bare', join(dir, 'mirror')])
    await git([
      '-C',
      join(dir, 'mirror'),
      'fetch',
      '--quiet',
      '--depth=1',
      '--filter=blob:none',
      server.urlOf('team/read'),
      first,
    ])
    expect(server.requests('team/read')).toBeGreaterThanOrEqual(4)
    expect(server.requests('other')).toBe(0)
  })

  it('takes large pushes, chunked and compressed', async () => {
    const repo = await gitRepo(root, 'write')
    const work = join(dir, 'work')
    mkdirSync(work)
    await git(['init', '--quiet', '-b', 'main', work])
    writeFileSync(join(work, 'large'), randomBytes(4 << 20))
    await git(['-C', work, 'add', '.'])
    await git(['-C', work, 'commit', '--quiet', '-m', 'large'])
    await git(['-C', work, 'push', '--quiet', server.urlOf('write'), 'main'])
    expect(await headOf(repo)).toBe(await git(['-C', work, 'rev-parse', 'HEAD']))
  })

  it('misbehaves as told and recovers', async () => {
    await commitFiles(await gitRepo(root, 'ill'), { a: '1' })
    const list = () => git(['ls-remote', server.urlOf('ill')])
    server.fault('ill', 'error')
    await expect(list()).rejects.toThrow('503')
    server.fault('ill', 'reset')
    await expect(list()).rejects.toThrow()
    server.fault('ill', 'unauthorized')
    await expect(list()).rejects.toThrow(/could not read Username|Authentication/)
    server.fault('ill', 'not-found')
    await expect(list()).rejects.toThrow('not found')
    server.fault('ill', undefined)
    expect(await list()).toContain('refs/heads/main')
  })

  it('does not find what is not there', async () => {
    await expect(git(['ls-remote', server.urlOf('nothing')])).rejects.toThrow('not found')
  })

  it('asks for a password where one is set', async () => {
    const guarded = await startGitServer({ root, auth: { username: 'ci', password: 'secret' } })
    await commitFiles(await gitRepo(root, 'guarded'), { a: '1' })
    const withPassword = guarded.urlOf('guarded').replace('://', '://ci:secret@')
    await expect(git(['ls-remote', guarded.urlOf('guarded')])).rejects.toThrow(/could not read Username/)
    expect(await git(['ls-remote', withPassword])).toContain('refs/heads/main')
    await guarded.stop()
  })
})
