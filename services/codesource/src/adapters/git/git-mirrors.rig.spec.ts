import { repositoryToken } from '@k8or/contracts'
import {
  commitFiles,
  git,
  gitRepo,
  removeDir,
  startGitServer,
  startSshGitServer,
  tempDir,
  type GitServer,
} from '@k8or/rig'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { mirrorsIn } from '../../../test/mirrors-in'
import { noAccess, type RepositoryAccess } from '../../domain/repository/access'
import { candidatesOf } from '../../domain/revision/target'
import { Addresses } from './addresses'
import { GitMirrors } from './git-mirrors'

const signal = new AbortController().signal

function newMirrors(access: Partial<RepositoryAccess> = {}, allowLoopback = true) {
  return mirrorsIn(tempDir('mirrors'), {
    credentials: { of: async () => ({ ...noAccess, ...access }) },
    addresses: new Addresses({ allowLoopback }),
  })
}

function named(url: string) {
  return { token: repositoryToken(url), url, declaredUrl: url, targets: [] }
}

describe('services/codesource/src/adapters/git/git-mirrors.rig', () => {
  const root = tempDir('git')
  const opened: ReturnType<typeof newMirrors>[] = []
  let server: GitServer
  const open = (...args: Parameters<typeof newMirrors>) => {
    const made = newMirrors(...args)
    opened.push(made)
    return made
  }
  beforeAll(async () => {
    server = await startGitServer({ root })
  })
  afterAll(async () => {
    for (const { mirrors } of opened) mirrors.close()
    await server.stop()
    for (const dir of [root, ...opened.map((made) => made.dir)]) removeDir(dir)
  })

  it('fetches branches, tags and HEAD, and sees each push (C100.1)', async () => {
    const repo = await gitRepo(root, 'plain')
    const first = await commitFiles(repo, { 'a.yaml': 'a' }, 'first change')
    const { mirrors } = open()
    const repository = named(server.urlOf('plain'))
    await mirrors.fetch(repository, { withHead: true, refs: [], signal })
    expect(mirrors.head(repository.token)).toBe('refs/heads/main')
    expect(await mirrors.resolve(repository.token, candidatesOf('main', undefined))).toEqual({
      commit: first,
      ref: 'refs/heads/main',
    })
    const second = await commitFiles(repo, { 'a.yaml': 'b' }, 'second change\n\nwith a body')
    await git(['-C', repo, 'tag', '-a', 'v1', '-m', 'v1', second])
    await mirrors.fetch(repository, { withHead: false, refs: [], signal })
    expect(await mirrors.resolve(repository.token, candidatesOf('HEAD', 'refs/heads/main'))).toMatchObject({
      commit: second,
    })
    expect(await mirrors.resolve(repository.token, candidatesOf('v1', undefined))).toEqual({
      commit: second,
      ref: 'refs/tags/v1',
    })
    expect(await mirrors.resolve(repository.token, candidatesOf(first.slice(0, 8), undefined))).toEqual({
      commit: first,
      ref: first,
    })
    expect(await mirrors.commit(repository.token, second)).toMatchObject({ author: 'Rig', subject: 'second change' })
  })

  it('follows force-pushes, deleted branches and names that became folders', async () => {
    const repo = await gitRepo(root, 'forced')
    const first = await commitFiles(repo, { a: '1' })
    await commitFiles(repo, { a: '2' })
    await git(['-C', repo, 'branch', 'feature', first])
    const { mirrors } = open()
    const repository = named(server.urlOf('forced'))
    await mirrors.fetch(repository, { withHead: false, refs: [], signal })
    await git(['-C', repo, 'update-ref', 'refs/heads/main', first])
    await git(['-C', repo, 'branch', '-D', 'feature'])
    await git(['-C', repo, 'branch', 'feature/one', first])
    await mirrors.fetch(repository, { withHead: false, refs: [], signal })
    const resolve = (target: string) => mirrors.resolve(repository.token, candidatesOf(target, undefined))
    expect(await resolve('main')).toMatchObject({ commit: first })
    expect(await resolve('feature')).toBe('missing')
    expect(await resolve('feature/one')).toMatchObject({ commit: first })
  })

  it('fetches a commit that no branch leads to any more, and refs of pull requests (C100.5)', async () => {
    const repo = await gitRepo(root, 'lost')
    const kept = await commitFiles(repo, { a: '1' })
    const lost = await commitFiles(repo, { a: '2' })
    await git(['-C', repo, 'update-ref', 'refs/heads/main', kept])
    await git(['-C', repo, 'update-ref', 'refs/pull/7/head', lost])
    const { mirrors } = open()
    const repository = named(server.urlOf('lost'))
    await mirrors.fetch(repository, { withHead: false, refs: ['refs/pull/8/head'], signal })
    expect(await mirrors.resolve(repository.token, candidatesOf(lost, undefined))).toBe('missing')
    await mirrors.fetchCommit(repository, lost, signal)
    expect(await mirrors.resolve(repository.token, candidatesOf(lost, undefined))).toEqual({ commit: lost, ref: lost })
    await mirrors.fetch(repository, { withHead: false, refs: ['refs/pull/7/head'], signal })
    expect(await mirrors.resolve(repository.token, candidatesOf('refs/pull/7/head', undefined))).toMatchObject({
      commit: lost,
    })
    await mirrors.fetchCommit(repository, '1'.repeat(40), signal)
    expect(await mirrors.resolve(repository.token, candidatesOf('1'.repeat(40), undefined))).toBe('missing')
  })

  it('asks a host once when nothing changed and twice when something did', async () => {
    const repo = await gitRepo(root, 'asked')
    await commitFiles(repo, Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`a${index}/d.yaml`, 'x'])))
    const { dir, mirrors } = open()
    const repository = named(server.urlOf('asked'))
    const asked = async () => {
      const before = server.requests('asked')
      await mirrors.fetch(repository, { withHead: true, refs: [], signal })
      return server.requests('asked') - before
    }
    const resolve = (target: string) => mirrors.resolve(repository.token, candidatesOf(target, undefined))
    expect(await asked()).toBe(5)
    // The first time without git it asks which version is spoken.
    expect(await asked()).toBe(2)
    expect(await asked()).toBe(1)
    const second = await commitFiles(repo, { 'a7/d.yaml': 'y' })
    expect(await asked()).toBe(2)
    expect(await resolve('main')).toMatchObject({ commit: second })
    await git(['-C', repo, 'branch', 'feature/one', second])
    await git(['-C', repo, 'tag', '-a', 'v1', '-m', 'v1', second])
    expect(await asked()).toBe(2)
    expect(await resolve('feature/one')).toMatchObject({ commit: second })
    expect(await resolve('v1')).toMatchObject({ commit: second, ref: 'refs/tags/v1' })
    await git(['-C', repo, 'branch', '-D', 'feature/one'])
    await git(['-C', repo, 'branch', 'feature', second])
    await git(['-C', repo, 'tag', '-f', 'v1', second])
    await git(['-C', repo, 'symbolic-ref', 'HEAD', 'refs/heads/feature'])
    expect(await asked()).toBe(1)
    expect(await resolve('feature/one')).toBe('missing')
    expect(await resolve('feature')).toMatchObject({ commit: second })
    expect(mirrors.head(repository.token)).toBe('refs/heads/feature')
    const told = await git(['-C', join(dir, repository.token), 'for-each-ref', '--format=%(objectname) %(refname)'])
    expect(told).toBe(await git(['-C', repo, 'for-each-ref', '--format=%(objectname) %(refname)']))
    await git(['-C', join(dir, repository.token), 'fsck', '--full', '--strict'])
  })

  it('holds after many pushes, of any size, exactly what the host holds', async () => {
    const repo = await gitRepo(root, 'many')
    await commitFiles(repo, { a: '1' })
    const { dir, mirrors } = open()
    const repository = named(server.urlOf('many'))
    await mirrors.fetch(repository, { withHead: true, refs: [], signal })
    for (let round = 0; round < 6; round++) {
      const size = round === 3 ? 1_500 : round * 10 + 1
      const files = Object.fromEntries(Array.from({ length: size }, (_, index) => [`f${index}/x`, `${round} ${index}`]))
      const commit = await commitFiles(repo, files, `round ${round}`, `branch-${round % 3}`)
      await mirrors.fetch(repository, { withHead: false, refs: [], signal })
      const resolved = mirrors.resolve(repository.token, candidatesOf(`branch-${round % 3}`, undefined))
      expect(await resolved).toMatchObject({ commit })
    }
    await git(['-C', join(dir, repository.token), 'fsck', '--full', '--strict'])
  })

  it('follows a repository that has moved, and no redirect to where it must not go', async () => {
    const commit = await commitFiles(await gitRepo(root, 'moved'), { a: '1' })
    let target = server.url
    const gate = createServer((request, response) => {
      response.writeHead(301, { location: `${target}${(request.url ?? '').replace('/old', '/moved')}` }).end()
    })
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
    const port = (gate.address() as AddressInfo).port
    try {
      const repository = named(`http://localhost:${port}/old.git`)
      const { mirrors } = open()
      await mirrors.fetch(repository, { withHead: true, refs: [], signal })
      await mirrors.fetch(repository, { withHead: true, refs: [], signal })
      expect(await mirrors.resolve(repository.token, candidatesOf('main', undefined))).toMatchObject({ commit })
      target = 'http://169.254.169.254'
      const lured = open().mirrors.fetch(repository, { withHead: true, refs: [], signal })
      await expect(lured).rejects.toMatchObject({ problem: { reason: 'RepositoryAddressRefused' } })
    } finally {
      gate.close()
      gate.closeAllConnections()
    }
  })

  it('leaves to git a host that speaks an old version', async () => {
    const commit = await commitFiles(await gitRepo(root, 'old'), { a: '1' })
    const proxy = createServer((incoming, outgoing) => {
      const { 'git-protocol': _version, ...headers } = incoming.headers
      const { port } = new URL(server.url)
      const passed = request(
        { host: 'localhost', port, path: incoming.url, method: incoming.method, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
          answer.pipe(outgoing)
        },
      )
      incoming.pipe(passed)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    try {
      const repository = named(`http://localhost:${(proxy.address() as AddressInfo).port}/old.git`)
      const { mirrors } = open()
      await mirrors.fetch(repository, { withHead: true, refs: [], signal })
      const second = await commitFiles(join(root, 'old.git'), { a: '2' })
      await mirrors.fetch(repository, { withHead: true, refs: [], signal })
      expect(await mirrors.resolve(repository.token, candidatesOf('main', undefined))).toMatchObject({ commit: second })
      expect(second).not.toBe(commit)
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
  })

  it('sends credentials with the first request, and calls their lack by its name', async () => {
    const locked = await startGitServer({ root, auth: { username: 'me', password: 'p w' } })
    try {
      await gitRepo(root, 'locked')
      await commitFiles(join(root, 'locked.git'), { a: '1' })
      const repository = named(locked.urlOf('locked'))
      const { mirrors } = open({ username: 'me', password: 'p w' })
      await mirrors.fetch(repository, { withHead: false, refs: [], signal })
      expect(locked.requests('locked')).toBe(3)
      const refused = open().mirrors.fetch(repository, { withHead: false, refs: [], signal })
      await expect(refused).rejects.toMatchObject({
        problem: { reason: 'RepositoryAccessRefused' },
        isTransient: false,
      })
    } finally {
      await locked.stop()
    }
  })

  it('fetches by ssh with a key, and only from a host that is known', async () => {
    const repo = await gitRepo(root, 'secure')
    const commit = await commitFiles(repo, { a: '1' })
    const ssh = await startSshGitServer({ root, dir: join(root, 'sshd') })
    try {
      const repository = named(ssh.urlOf('secure'))
      const key = { sshPrivateKey: ssh.privateKey }
      const { mirrors } = open({ ...key, knownHosts: ssh.knownHosts })
      await mirrors.fetch(repository, { withHead: true, refs: [], signal })
      expect(await mirrors.resolve(repository.token, candidatesOf('', mirrors.head(repository.token)))).toMatchObject({
        commit,
      })
      const unknown = open(key).mirrors.fetch(repository, { withHead: false, refs: [], signal })
      await expect(unknown).rejects.toMatchObject({ problem: { reason: 'RepositoryHostKeyUnknown' } })
      const keyless = open({ knownHosts: ssh.knownHosts }).mirrors.fetch(repository, {
        withHead: false,
        refs: [],
        signal,
      })
      await expect(keyless).rejects.toMatchObject({ problem: { reason: 'RepositoryAccessRefused' } })
    } finally {
      await ssh.stop()
    }
  })

  it.each([
    ['not-found', 'RepositoryNotFound', false],
    ['error', 'RepositoryUnreachable', true],
    ['reset', 'RepositoryUnreachable', true],
  ] as const)('tells what is wrong when a host answers with %s', async (fault, reason, isTransient) => {
    await gitRepo(root, fault)
    server.fault(fault, fault)
    const fetched = open().mirrors.fetch(named(server.urlOf(fault)), { withHead: false, refs: [], signal })
    await expect(fetched).rejects.toMatchObject({ problem: { reason }, isTransient })
  })

  it('refuses addresses of its own machine, and runs nothing for them', async () => {
    const { dir, mirrors } = open({}, false)
    const repository = named(server.urlOf('plain'))
    const fetched = mirrors.fetch(repository, { withHead: false, refs: [], signal })
    await expect(fetched).rejects.toMatchObject({ problem: { reason: 'RepositoryAddressRefused' }, isTransient: false })
    expect(existsSync(join(dir, repository.token))).toBe(false)
  })

  it('lets a host that hangs hold up nobody else, and stops at once when told to', async () => {
    await commitFiles(await gitRepo(root, 'quick'), { a: '1' })
    await gitRepo(root, 'hanging')
    server.fault('hanging', 'hang')
    const { mirrors } = open()
    const stop = new AbortController()
    const hanging = mirrors.fetch(named(server.urlOf('hanging')), { withHead: false, refs: [], signal: stop.signal })
    const seen = expect(hanging).rejects.toThrow('enough')
    await mirrors.fetch(named(server.urlOf('quick')), { withHead: false, refs: [], signal })
    stop.abort(new Error('enough'))
    await seen
  })

  it('goes on with a mirror in which a killed fetch left its locks', async () => {
    const repo = await gitRepo(root, 'killed')
    await commitFiles(repo, { a: '1' })
    const { dir, mirrors, parts } = open()
    const repository = named(server.urlOf('killed'))
    await mirrors.fetch(repository, { withHead: false, refs: [], signal })
    mirrors.close()
    const mirror = join(dir, repository.token)
    for (const lock of ['packed-refs.lock', 'refs/heads/main.lock']) writeFileSync(join(mirror, lock), '')
    const commit = await commitFiles(repo, { a: '2' })
    const restarted = new GitMirrors(parts)
    opened.push({ dir, parts, mirrors: restarted })
    await restarted.fetch(repository, { withHead: false, refs: [], signal })
    expect(await restarted.resolve(repository.token, candidatesOf('main', undefined))).toMatchObject({ commit })
  })
})
