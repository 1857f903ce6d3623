import { repositoryToken } from '@k8or/contracts'
import {
  commitFiles,
  git,
  gitRepo,
  headOf,
  readFileAt,
  removeDir,
  startGitServer,
  startSshGitServer,
  tempDir,
} from '@k8or/rig'
import { CommitDesk } from '../../../test/commit-desk'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namedRepository } from '../../adapters/git/git-mirrors'
import { noAccess } from '../repository/access'
import { blobId } from './fit'
import type { CommitRequest } from './request'

const signal = new AbortController().signal

describe('services/codesource/src/domain/commit/committing.rig', () => {
  const root = tempDir('git')
  const desks: CommitDesk[] = []
  let server: Awaited<ReturnType<typeof startGitServer>>

  const open = () => {
    const desk = new CommitDesk()
    desks.push(desk)
    return desk
  }
  const place = (name: string, branch = 'main', base = '') => {
    return { repository: namedRepository(server.urlOf(name)), wish: { branch, base } }
  }
  const edit = (path: string, from: string | undefined, to: string) => {
    return { path, baseId: from === undefined ? '' : blobId(Buffer.from(from)), content: Buffer.from(to) }
  }
  const asked = (operation: string, ...edits: ReturnType<typeof edit>[]): CommitRequest => ({
    ...{ edits, operation, message: `Update by ${operation}`, actor: 'policy:image-update' },
    ...{ causes: [`image.built/${operation}`], correlationId: 'delivery/1', traceparent: undefined },
  })
  const count = (repo: string) => git(['-C', repo, 'rev-list', '--count', 'main']).then(Number)
  const hook = (repo: string, name: string, script: string) => {
    const path = join(repo, 'hooks', name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }

  beforeAll(async () => {
    server = await startGitServer({ root })
  })
  afterAll(async () => {
    for (const desk of desks) desk.stop()
    await server.stop()
    removeDir(root)
  })

  it('commits files with their folders, keeps modes, and tells what it did (C100.3)', async () => {
    const repo = await gitRepo(root, 'plain')
    const first = await commitFiles(repo, { 'apps/web/k.yaml': 'v1', 'apps/web-2/k': 'x', 'z.sh': '#!/bin/sh' })
    await git(['-C', repo, 'config', 'receive.fsckObjects', 'true'])
    const desk = open()
    const edits = [edit('apps/web/k.yaml', 'v1', 'v2'), edit('apps/new/deep/n.yaml', undefined, 'n')]
    const { commit, ref } = await desk.committing.commit(place('plain', ''), asked('op/1', ...edits), signal)
    expect(ref).toBe('refs/heads/main')
    expect(await headOf(repo)).toBe(commit)
    expect(await readFileAt(repo, 'apps/web/k.yaml')).toBe('v2')
    expect(await git(['-C', repo, 'ls-tree', '-r', '--name-only', 'main'])).toBe(
      'apps/new/deep/n.yaml\napps/web-2/k\napps/web/k.yaml\nz.sh',
    )
    expect(await git(['-C', repo, 'fsck', '--strict'])).toBe('')
    expect(await git(['-C', repo, 'log', '-1', '--format=%an <%ae>|%cn|%s|%(trailers:only,unfold)', 'main'])).toBe(
      'k8or mesh <noreply@k8or.dev>|k8or mesh|Update by op/1|K8or-Operation: op/1\nK8or-Cause: image.built/op/1',
    )
    expect(desk.facts).toEqual([
      expect.objectContaining({
        id: `commit.pushed/${repositoryToken(server.urlOf('plain'))}/${commit}`,
        causes: ['image.built/op/1'],
        correlationId: 'delivery/1',
        actor: 'policy:image-update',
        data: expect.objectContaining({
          ...{ branch: 'main', commit, previous: first, subject: 'Update by op/1', lostRaces: 0 },
          ...{ operations: ['op/1'], files: ['apps/web/k.yaml', 'apps/new/deep/n.yaml'] },
        }),
      }),
    ])
  })

  it('makes one commit and one push of ninety edits that wait', async () => {
    const repo = await gitRepo(root, 'ninety')
    const names = Array.from({ length: 90 }, (_, index) => `apps/a${index}/k.yaml`)
    await commitFiles(repo, Object.fromEntries(names.map((name) => [name, 'v1'])))
    const desk = open()
    const commit = (name: string) =>
      desk.committing.commit(place('ninety'), asked(name, edit(name, 'v1', 'v2')), signal)
    const commits = await Promise.all(names.map(commit))
    expect(new Set(commits.map((one) => one.commit)).size).toBe(1)
    expect(await count(repo)).toBe(2)
    expect(desk.facts[0]?.data.operations).toHaveLength(90)
    expect(desk.facts[0]?.causes).toHaveLength(90)
  })

  it('asks the host one question for a commit', async () => {
    const repo = await gitRepo(root, 'quick')
    await commitFiles(repo, { a: '1' })
    const { committing } = open()
    await committing.commit(place('quick'), asked('op/1', edit('a', '1', '2')), signal)
    const before = server.requests('quick')
    await committing.commit(place('quick'), asked('op/2', edit('a', '2', '3'.repeat(5_000))), signal)
    expect(server.requests('quick') - before).toBe(1)
    expect(await readFileAt(repo, 'a')).toBe('3'.repeat(5_000))
  })

  it('makes the commit anew on what somebody else pushed in between', async () => {
    const repo = await gitRepo(root, 'race')
    await commitFiles(repo, { a: '1', b: '1' })
    const desk = open()
    let races = 0
    desk.rival = async () => (races++ < 2 ? commitFiles(repo, { b: `rival ${races}` }) : undefined)
    const { commit } = await desk.committing.commit(place('race'), asked('op/race', edit('a', '1', '2')), signal)
    expect([await readFileAt(repo, 'a'), await readFileAt(repo, 'b')]).toEqual(['2', 'rival 2'])
    expect(await headOf(repo)).toBe(commit)
    expect(await count(repo)).toBe(4)
    expect(desk.facts.map(({ data }) => data.lostRaces)).toEqual([2])
    expect([...desk.rows.values()].map(({ announced }) => announced)).toEqual([true])
  })

  it('leaves alone the request whose file somebody else changed in between, and carries out the others', async () => {
    const repo = await gitRepo(root, 'stolen')
    await commitFiles(repo, { a: '1', b: '1' })
    const desk = open()
    let races = 0
    desk.rival = async () => (races++ === 0 ? commitFiles(repo, { a: 'rival' }) : undefined)
    const both = ['a', 'b'].map((name) =>
      desk.committing.commit(place('stolen'), asked(`op/${name}`, edit(name, '1', '2')), signal),
    )
    const [a, b] = await Promise.allSettled(both)
    expect(a).toMatchObject({ status: 'rejected', reason: { failure: 'changed' } })
    expect(b).toMatchObject({ status: 'fulfilled' })
    expect([await readFileAt(repo, 'a'), await readFileAt(repo, 'b')]).toEqual(['rival', '2'])
  })

  it('asks the host before it says that a file is another', async () => {
    const repo = await gitRepo(root, 'behind')
    await commitFiles(repo, { a: '1' })
    const desk = open()
    await desk.committing.commit(place('behind'), asked('op/1', edit('a', '1', '2')), signal)
    await commitFiles(repo, { a: '3' })
    await desk.committing.commit(place('behind'), asked('op/2', edit('a', '3', '4')), signal)
    expect(await readFileAt(repo, 'a')).toBe('4')
  })

  it('gives up when others push without end, and says so', async () => {
    const repo = await gitRepo(root, 'endless')
    await commitFiles(repo, { a: '1' })
    const desk = open()
    let races = 0
    desk.rival = () => commitFiles(repo, { b: `${races++}` })
    const commit = desk.committing.commit(place('endless'), asked('op/1', edit('a', '1', '2')), signal)
    await expect(commit).rejects.toThrow(/by others 8 times before us/)
    expect(desk.rows.size).toBe(0)
  })

  it('finds after a crash between push and fact what it had pushed, and commits nothing twice', async () => {
    const repo = await gitRepo(root, 'crash')
    await commitFiles(repo, { a: '1' })
    const desk = open()
    desk.isBusAway = true
    const request = asked('op/1', edit('a', '1', '2'))
    const { commit } = await desk.committing.commit(place('crash'), request, signal)
    expect(desk.facts).toEqual([])
    desk.isBusAway = false
    await commitFiles(repo, { a: '3' })
    const own = desk.newOwn()
    await own.load()
    const again = await desk.start(own).commit(place('crash'), request, signal)
    expect(again.commit).toBe(commit)
    expect(await count(repo)).toBe(3)
    expect(desk.facts).toMatchObject([
      { causes: ['image.built/op/1'], data: { commit, operations: ['op/1'], files: ['a'], subject: 'Update by op/1' } },
    ])
  })

  it('pushes nothing twice when the answer to a push is lost', async () => {
    const repo = await gitRepo(root, 'unheard')
    await commitFiles(repo, { a: '1' })
    const desk = open()
    desk.losesAnswers = true
    const { commit } = await desk.committing.commit(place('unheard'), asked('op/1', edit('a', '1', '2')), signal)
    expect(await headOf(repo)).toBe(commit)
    expect(await count(repo)).toBe(2)
    expect(desk.facts.map(({ data }) => data.commit)).toEqual([commit])
  })

  it('says why a protected branch can not be pushed to', async () => {
    const repo = await gitRepo(root, 'protected')
    await commitFiles(repo, { a: '1' })
    hook(repo, 'pre-receive', 'echo "branch main is protected" >&2; exit 1')
    const desk = open()
    const commit = desk.committing.commit(place('protected'), asked('op/1', edit('a', '1', '2')), signal)
    await expect(commit).rejects.toMatchObject({ failure: 'refused' })
    await expect(commit).rejects.toThrow('(pre-receive hook declined: branch main is protected)')
    expect(desk.rows.size).toBe(0)
  })

  it('writes through no link and over no folder, and names the branch that is not there', async () => {
    const repo = await gitRepo(root, 'odd')
    await commitFiles(repo, { 'd/f': '1' })
    const input = `commit refs/heads/main\ncommitter R <r@k8or.dev> 1 +0000\ndata 1\nl\nfrom refs/heads/main^0\nM 120000 inline link\ndata 1\nd\n`
    await git(['-C', repo, 'fast-import', '--quiet', '--force'], { input })
    const { committing } = open()
    const commit = (path: string, branch = 'main') =>
      committing.commit(place('odd', branch), asked('op', edit(path, undefined, 'x')), signal)
    await expect(commit('link/f')).rejects.toThrow('edits: path link/f: link is a link')
    await expect(commit('link')).rejects.toThrow('it is a link')
    await expect(commit('d')).rejects.toThrow('it is a folder')
    await expect(commit('d/f/g')).rejects.toThrow('d/f is a file')
    await expect(commit('.git/config')).rejects.toThrow('git’s own')
    await expect(commit('new', 'none')).rejects.toMatchObject({ failure: 'missing' })
  })

  it('begins a branch that is not there yet at its base', async () => {
    const repo = await gitRepo(root, 'begun')
    const first = await commitFiles(repo, { a: '1' })
    const desk = open()
    const to = place('begun', 'images/web', 'main')
    const { commit } = await desk.committing.commit(to, asked('op/1', edit('a', '1', '2')), signal)
    expect(await headOf(repo, 'images/web')).toBe(commit)
    expect(await headOf(repo)).toBe(first)
    await desk.committing.commit(to, asked('op/2', edit('a', '2', '3')), signal)
    expect(await readFileAt(repo, 'a', 'images/web')).toBe('3')
  })

  it('pushes by ssh, and hears there too that it lost a race or is refused', async () => {
    const repo = await gitRepo(root, 'secure')
    await commitFiles(repo, { a: '1' })
    const desk = open()
    const ssh = await startSshGitServer({ root, dir: join(desk.dir, 'sshd') })
    desk.access = desk.readAccess = { ...noAccess, sshPrivateKey: ssh.privateKey, knownHosts: ssh.knownHosts }
    const to = { repository: namedRepository(ssh.urlOf('secure')), wish: { branch: 'main', base: '' } }
    let races = 0
    desk.rival = async () => (races++ === 0 ? commitFiles(repo, { b: 'rival' }) : undefined)
    await desk.committing.commit(to, asked('op/1', edit('a', '1', '2')), signal)
    expect([await readFileAt(repo, 'a'), await readFileAt(repo, 'b')]).toEqual(['2', 'rival'])
    hook(repo, 'update', 'echo "not today" >&2; exit 1')
    const refused = desk.committing.commit(to, asked('op/2', edit('a', '2', '3')), signal)
    await expect(refused).rejects.toThrow('(hook declined: ')
    await expect(refused).rejects.toThrow('not today')
    await ssh.stop()
  }, 20_000)

  it('pushes with the credentials for writing', async () => {
    const guarded = await startGitServer({ root, auth: { username: 'writer', password: 'secret' } })
    const repo = await gitRepo(root, 'guarded')
    await commitFiles(repo, { a: '1' })
    const desk = open()
    await desk.committing.commit(place('guarded'), asked('op/1', edit('a', '1', '2')), signal)
    const at = { repository: { ...namedRepository(server.urlOf('guarded')), declaredUrl: guarded.urlOf('guarded') } }
    const write = (operation: string, from: string) =>
      desk.committing.commit(
        { ...at, wish: { branch: 'main', base: '' } },
        asked(operation, edit('a', from, 'w')),
        signal,
      )
    await expect(write('op/2', '2')).rejects.toMatchObject({ problem: { reason: 'RepositoryAccessRefused' } })
    desk.access = { ...noAccess, username: 'writer', password: 'secret' }
    await write('op/3', '2')
    expect(await readFileAt(repo, 'a')).toBe('w')
    await guarded.stop()
  })
})
