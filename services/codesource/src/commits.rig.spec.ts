import { commitPushed, repositoryToken, revisionObserved } from '@k8or/contracts'
import { Commits } from '@k8or/contracts/rpc/codesource/v1/commits'
import { Trees } from '@k8or/contracts/rpc/codesource/v1/trees'
import { commitFiles, githubPush, gitRepo, headOf, readFileAt } from '@k8or/rig'
import { ConflictError, ForbiddenError, InvalidRequestError, NotFoundError } from '@k8or/rpc'
import { createHash } from 'node:crypto'
import { CodeSourceUnderTest, hush } from '../test/code-source-under-test'

describe('services/codesource/src/commits.rig', () => {
  let mesh: CodeSourceUnderTest
  beforeAll(async () => {
    mesh = await CodeSourceUnderTest.start()
  }, 60_000)
  afterAll(() => mesh.stop(), 30_000)

  const commits = () => mesh.callsOf('chartstore').to('codesource', Commits)
  const wish = (name: string, operation: string, baseId: string, content: string, path = 'k.yaml') => ({
    ...{ repositoryUrl: mesh.git.urlOf(name), branch: 'main', message: 'Update web to v2', operation },
    edits: [{ path, baseId, content: Buffer.from(content) }],
    ...{ actor: 'policy:image-update', causes: ['image.built/1'], correlationId: 'delivery.received/1' },
  })
  const idOf = async (name: string, commit: string) => {
    const trees = mesh.callsOf('chartstore').to('codesource', Trees)
    const { entries } = await trees.listTrees({ repositoryUrl: mesh.git.urlOf(name), commit, paths: ['k.yaml'] })
    return entries[0]?.id ?? ''
  }

  it('commits, and observes its own push at once, by the commit that led to it (C100.3, C56.4)', async () => {
    const repo = await gitRepo(mesh.git.root, 'own')
    const first = await commitFiles(repo, { 'k.yaml': 'v1\n' })
    await mesh.declare('own')
    await mesh.until(revisionObserved, ({ commit }) => commit === first)
    const baseId = await idOf('own', first)
    const answer = await commits().commit(wish('own', 'op/1', baseId, 'v2\n'))
    expect(answer).toMatchObject({
      ...{ branch: 'main', commit: await headOf(repo) },
      files: [
        {
          path: 'k.yaml',
          contentSha256: createHash('sha256')
            .update(await readFileAt(repo, 'k.yaml'))
            .update('\n')
            .digest('hex'),
        },
      ],
    })
    const pushed = await mesh.until(commitPushed, ({ commit }) => commit === answer.commit)
    expect(pushed).toMatchObject({
      ...{ causes: ['image.built/1'], correlationId: 'delivery.received/1', actor: 'policy:image-update' },
      data: { previous: first, operations: ['op/1'], files: ['k.yaml'] },
    })
    const observed = await mesh.until(revisionObserved, ({ commit }) => commit === answer.commit)
    expect(observed).toMatchObject({
      ...{ causes: [pushed.id], correlationId: 'delivery.received/1' },
      data: { via: 'commit', ref: 'refs/heads/main', previous: first, ordinal: 2 },
    })
  })

  it('asks the host nothing after its own push, and recognises the webhook that returns', async () => {
    const repo = await gitRepo(mesh.git.root, 'quiet')
    const first = await commitFiles(repo, { 'k.yaml': 'v1\n' })
    await mesh.declare('quiet')
    await mesh.until(revisionObserved, ({ commit }) => commit === first)
    const { commit } = await commits().commit(wish('quiet', 'op/1', await idOf('quiet', first), 'v2\n'))
    await mesh.until(revisionObserved, (data) => data.commit === commit)
    const { headers, body } = githubPush({ repoUrl: mesh.git.urlOf('quiet'), after: commit }, hush.github)
    expect(await mesh.post(headers, JSON.parse(body))).toMatchObject({ status: 200 })
    const next = await commitFiles(repo, { other: '1' })
    const push = githubPush({ repoUrl: mesh.git.urlOf('quiet'), after: next }, hush.github)
    await mesh.post(push.headers, JSON.parse(push.body))
    await mesh.until(revisionObserved, (data) => data.commit === next)
    const seen = mesh.told(revisionObserved).filter(({ token }) => token === repositoryToken(mesh.git.urlOf('quiet')))
    expect(seen.map(({ data }) => data.commit)).toEqual([first, commit, next])
  })

  it('answers each failure by its own code', async () => {
    const repo = await gitRepo(mesh.git.root, 'wrong')
    await commitFiles(repo, { 'k.yaml': 'v1\n' })
    const other = wish('wrong', 'op/1', 'a'.repeat(40), 'v2\n')
    await expect(commits().commit(other)).rejects.toThrow(ConflictError)
    await expect(commits().commit({ ...other, branch: 'none' })).rejects.toThrow(NotFoundError)
    await expect(commits().commit(wish('absent', 'op/1', '', 'x'))).rejects.toThrow(NotFoundError)
    await expect(commits().commit(wish('wrong', 'op/1', '', 'x', '../k'))).rejects.toThrow(InvalidRequestError)
    await expect(commits().commit(wish('wrong', 'op 1', '', 'x'))).rejects.toThrow('operation')
    const stranger = mesh.callsOf('insighthub').to('codesource', Commits)
    await expect(stranger.commit(other)).rejects.toThrow(ForbiddenError)
  })

  it('answers the commit that carried a request out before a restart, and repeats nothing of it (C56.3)', async () => {
    const repo = await gitRepo(mesh.git.root, 'again')
    const first = await commitFiles(repo, { 'k.yaml': 'v1\n' })
    const request = wish('again', 'op/1', await idOf('again', first), 'v2\n')
    const { commit } = await commits().commit(request)
    await mesh.stopApp()
    await mesh.startApp()
    expect((await commits().commit(request)).commit).toBe(commit)
    expect(await headOf(repo)).toBe(commit)
    expect(mesh.told(commitPushed).filter(({ data }) => data.commit === commit)).toHaveLength(1)
  }, 20_000)
})
