import {
  applicationRecord,
  applicationRemoved,
  repositoryToken,
  revisionKey,
  revisionRecord,
  type Fact,
  type RevisionObserved,
  type RevisionRecord,
  type RevisionUnresolved,
} from '@k8or/contracts'
import { Settings } from '@k8or/contracts/rpc/accesspoint/v1/settings'
import { Refreshes } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import { Trees } from '@k8or/contracts/rpc/codesource/v1/trees'
import {
  commitFiles,
  eventually,
  freePort,
  githubPush,
  gitlabPush,
  gitRepo,
  removeDir,
  startBusBench,
  startGitServer,
  tempDir,
  type BusBench,
  type GitServer,
} from '@k8or/rig'
import { NotFoundError, type Calls } from '@k8or/rpc'
import type { ServiceApp } from '@k8or/shell'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createApp, loadConfig } from '.'

type Observed = Fact<RevisionObserved>

describe('services/codesource/src/app.module.rig', () => {
  const dir = tempDir('codesource')
  let bench: BusBench
  let git: GitServer
  let calls: Calls
  let app: ServiceApp
  let port: number
  let applications = 0

  const startApp = (more: Record<string, string> = {}): Promise<ServiceApp> => {
    const config = loadConfig({
      K8OR_STATE_DIR: dir,
      K8OR_REDIS_URL: bench.redis.url,
      K8OR_WEBHOOK_LISTEN: `127.0.0.1:${port}`,
      K8OR_ALLOW_LOOPBACK: 'true',
      K8OR_REPOSITORY_ERROR_AFTER_MS: '1000',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      ...more,
    })
    return bench.start('codesource', (links) => createApp(config, links))
  }

  const declare = async (name: string, targetRevision = 'main', refresh = '', uid = `uid-${++applications}`) => {
    const sources = [{ repoURL: git.urlOf(name), path: '.', targetRevision }]
    return { uid, id: await bench.declare({ uid, sources, refresh }) }
  }

  const remove = async (uid: string) => {
    await bench.bus('syncmaster').records(applicationRecord).delete(uid)
    const data = { application: { uid, namespace: 'argocd', name: uid, project: 'default' } }
    const draft = { id: `removed/${uid}`, token: uid, time: new Date(), causes: [], actor: 'service:syncmaster', data }
    await bench.bus('syncmaster').publisher.publish(applicationRemoved, draft)
  }

  const about = (name: string) => bench.facts.filter(({ token }) => token === repositoryToken(git.urlOf(name)))
  const observed = (name: string) => about(name).filter(({ type }) => type.includes('revision.observed')) as Observed[]
  const observation = (name: string, commit: string) =>
    eventually(() => observed(name).find(({ data }) => data.commit === commit), { what: `${commit} of ${name}` })
  const record = async (name: string, target = 'main'): Promise<RevisionRecord | undefined> =>
    (
      await bench
        .bus('chartstore')
        .records(revisionRecord)
        .get(revisionKey(repositoryToken(git.urlOf(name)), target))
    )?.value

  const send = (
    { headers, body }: { headers: Readonly<Record<string, string>>; body: string | Buffer },
    { method = 'POST', path = '/api/webhook' } = {},
  ) =>
    new Promise<{ status: number; body: { result?: string; message: string } }>((resolve, reject) => {
      const options = {
        host: 'localhost',
        port,
        path,
        method,
        headers,
        ca: bench.nats.ca,
        checkServerIdentity: () => undefined,
      }
      const sent = request(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || '{}') }),
        )
      })
      sent.on('error', reject)
      sent.end(method === 'POST' ? body : undefined)
    })

  beforeAll(async () => {
    bench = await startBusBench(dir)
    git = await startGitServer({ root: join(dir, 'git') })
    port = await freePort()
    bench.calls.serve('accesspoint', (router) => {
      router.service(Settings, {
        getRepository: () => {
          throw new NotFoundError('public')
        },
        getWebhookSecrets: () => ({ secrets: { github: 'hush', gitlab: 'hush' } }),
      })
    })
    calls = bench.calls.as('spiffe://k8or.mesh/svc/chartstore')
    app = await startApp()
  }, 60_000)

  afterAll(async () => {
    await app.stop()
    await Promise.all([git.stop(), bench.stop()])
    removeDir(dir)
  }, 30_000)

  it('tells the revision of what is declared, and asks the host anew for each declaration', async () => {
    const commit = await commitFiles(await gitRepo(git.root, 'declared'), { 'a.yaml': 'a' }, 'a first change')
    const { id } = await declare('declared')
    const fact = await observation('declared', commit)
    expect(fact).toMatchObject({
      actor: 'git:Rig',
      causes: [id],
      correlationId: id,
      data: { targetRevision: 'main', ref: 'refs/heads/main', ordinal: 1, previous: null, via: 'declared' },
    })
    expect(fact.data).toMatchObject({ author: 'Rig', subject: 'a first change' })
    await eventually(async () => (await record('declared'))?.announced)
    const asked = git.requests('declared')
    await declare('declared')
    await eventually(() => git.requests('declared') > asked)
    expect((await record('declared'))?.ordinal).toBe(1)
  })

  it('makes one revision of one push, and none of the same delivery again (C100.1)', async () => {
    const repo = await gitRepo(git.root, 'pushed')
    await observationOfFirst('pushed', repo)
    const after = await commitFiles(repo, { 'a.yaml': 'b' })
    const webhook = githubPush({ repoUrl: git.urlOf('pushed'), after }, 'hush', 'delivery-1')
    expect(await send(webhook)).toMatchObject({ status: 200, body: { result: 'accepted' } })
    const fact = await observation('pushed', after)
    expect(fact.data).toMatchObject({ ordinal: 2, via: 'webhook' })
    const [delivery] = about('pushed').filter(({ type }) => type.includes('delivery.received'))
    expect(fact).toMatchObject({ causes: [delivery?.id], correlationId: delivery?.id })
    expect(await send(webhook)).toMatchObject({ status: 200, body: { result: 'duplicate' } })
    await pause(200)
    expect(observed('pushed')).toHaveLength(2)
    expect(await record('pushed')).toMatchObject({ commit: after, announced: true, factId: fact.id })
  })

  it('takes pushes of GitLab (A16)', async () => {
    const repo = await gitRepo(git.root, 'lab')
    await observationOfFirst('lab', repo)
    const after = await commitFiles(repo, { 'a.yaml': 'b' })
    expect((await send(gitlabPush({ repoUrl: git.urlOf('lab'), after }, 'hush'))).status).toBe(200)
    await observation('lab', after)
  })

  it('fetches once for a burst of pushes', async () => {
    const repo = await gitRepo(git.root, 'burst')
    await observationOfFirst('burst', repo)
    const before = git.requests('burst')
    const pushes: ReturnType<typeof githubPush>[] = []
    let last = ''
    for (let index = 0; index < 10; index++) {
      last = await commitFiles(repo, { 'a.yaml': `v${index}` })
      pushes.push(githubPush({ repoUrl: git.urlOf('burst'), after: last }, 'hush'))
    }
    await Promise.all(pushes.map((push) => send(push)))
    await observation('burst', last)
    await pause(200)
    expect(git.requests('burst') - before).toBeLessThanOrEqual(9)
    expect(observed('burst').at(-1)?.causes.length).toBeGreaterThan(0)
  })

  it('refuses what is forged, malformed, too large or not a post, each in its own words (C100.2, A16)', async () => {
    const push = { repoUrl: git.urlOf('pushed'), after: 'f'.repeat(40) }
    expect(await send(githubPush(push, 'guess'))).toMatchObject({
      status: 401,
      body: { message: expect.stringContaining('X-Hub-Signature-256 does not match') },
    })
    const { headers } = githubPush(push, 'hush')
    expect(await send({ headers: {}, body: '{}' })).toMatchObject({ status: 400 })
    expect(await send({ headers, body: '{' })).toMatchObject({ status: 401 })
    expect(await send({ headers: {}, body: '' }, { method: 'GET' })).toMatchObject({ status: 405 })
    expect(await send({ headers: {}, body: '' }, { path: '/other' })).toMatchObject({ status: 404 })
    expect(bench.facts.some(({ data }) => (data as { after?: string }).after === push.after)).toBe(false)
  })

  it('refuses sixty megabytes without keeping them, told before or while they come (A16)', async () => {
    const body = Buffer.alloc(60 << 20, 97)
    const before = process.memoryUsage().rss
    const { headers } = githubPush({ repoUrl: 'x://y/z', after: 'f' }, 'hush')
    const told = {
      status: 413,
      body: { message: expect.stringContaining('the body of the webhook is larger than 50 MB') as string },
    }
    expect(await send({ headers: { ...headers, 'content-length': String(body.length) }, body })).toMatchObject(told)
    expect(await send({ headers: { ...headers, 'transfer-encoding': 'chunked' }, body })).toMatchObject(told)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20)
  })

  it('takes pushes while large bodies that never end fill their own room, and declines more of those (A16)', async () => {
    const { headers, body } = githubPush({ repoUrl: git.urlOf('pushed'), after: 'e'.repeat(40) }, 'hush')
    const options = { host: 'localhost', port, path: '/api/webhook', method: 'POST' }
    const endless = Array.from({ length: 2 }, () =>
      request({ ...options, rejectUnauthorized: false, headers: { 'content-length': 40 << 20 } }),
    )
    for (const each of endless) each.on('error', () => undefined).write(Buffer.alloc(2 << 20))
    const large = Buffer.alloc(2 << 20, 97)
    const full = () => send({ headers: { ...headers, 'content-length': String(large.length) }, body: large })
    await eventually(async () => (await full()).status === 503, { what: 'the room for large bodies to be full' })
    expect(await send({ headers, body })).toMatchObject({ status: 200 })
    for (const each of endless) each.destroy()
    await eventually(async () => (await full()).status === 401, { what: 'room again' })
  })

  it('says that nobody follows a repository', async () => {
    const answer = await send(
      githubPush({ repoUrl: 'https://git.example/team/none.git', after: 'f'.repeat(40) }, 'hush'),
    )
    expect(answer).toMatchObject({ status: 200, body: { result: 'unfollowed' } })
  })

  it('looks again when an application or somebody asks for it', async () => {
    const repo = await gitRepo(git.root, 'asked')
    const { uid } = await observationOfFirst('asked', repo)
    const second = await commitFiles(repo, { 'a.yaml': 'b' })
    await declare('asked', 'main', 'look-1', uid)
    expect((await observation('asked', second)).data.via).toBe('refresh')
    const third = await commitFiles(repo, { 'a.yaml': 'c' })
    await calls.to('codesource', Refreshes).refresh({ repositoryUrl: git.urlOf('asked') })
    await observation('asked', third)
    const unfollowed = calls.to('codesource', Refreshes).refresh({ repositoryUrl: git.urlOf('nobody') })
    await expect(unfollowed).rejects.toThrow('no application follows')
  })

  it('tells a repository that is not there at once, and that all is well again (A3)', async () => {
    const { uid } = await declare('late')
    const unresolved = await eventually(() => about('late').find(({ type }) => type.includes('unresolved')))
    expect((unresolved.data as RevisionUnresolved).problem).toMatchObject({ reason: 'RepositoryNotFound' })
    expect(await record('late')).toMatchObject({ problem: { reason: 'RepositoryNotFound' } })
    const commit = await commitFiles(await gitRepo(git.root, 'late'), { a: '1' })
    await declare('late', 'main', 'again', uid)
    await observation('late', commit)
    expect(await eventually(async () => (await record('late'))?.problem === null)).toBe(true)
  })

  it('tells a host that does not answer after a while, and delays nobody else meanwhile (A3)', async () => {
    await gitRepo(git.root, 'ill')
    git.fault('ill', 'error')
    await declare('ill')
    await gitRepo(git.root, 'stuck')
    git.fault('stuck', 'hang')
    await declare('stuck')
    const repo = await gitRepo(git.root, 'healthy')
    const began = performance.now()
    await observationOfFirst('healthy', repo)
    expect(performance.now() - began).toBeLessThan(5_000)
    const told = await eventually(() => about('ill').find(({ type }) => type.includes('unresolved')))
    expect((told.data as RevisionUnresolved).problem.reason).toBe('RepositoryUnreachable')
    git.fault('ill', undefined)
    git.fault('stuck', undefined)
  }, 20_000)

  it('answers for trees and files', async () => {
    const repo = await gitRepo(git.root, 'trees')
    const commit = await commitFiles(repo, { 'apps/a/d.yaml': 'a: 1\n', 'apps/b/d.yaml': 'b: 1\n' })
    const trees = calls.to('codesource', Trees)
    const repositoryUrl = git.urlOf('trees')
    const { entries } = await trees.listTrees({ repositoryUrl, commit, paths: ['apps/a', 'apps/c'] })
    expect(entries.map(({ path, kind }) => [path, kind])).toEqual([
      ['apps/a', 'tree'],
      ['apps/c', ''],
    ])
    const { files } = await trees.readTree({ repositoryUrl, commit, path: 'apps/a', recurse: true })
    expect(files.map(({ path, content }) => [path, Buffer.from(content).toString()])).toEqual([['d.yaml', 'a: 1\n']])
    await expect(trees.readTree({ repositoryUrl, commit, path: 'apps/c' })).rejects.toThrow(NotFoundError)
    await expect(trees.listTrees({ repositoryUrl, commit: 'main', paths: [] })).rejects.toThrow('full id')
  })

  it('marks what nobody follows any more', async () => {
    const { uid } = await observationOfFirst('left', await gitRepo(git.root, 'left'))
    await remove(uid)
    await eventually(async () => (await record('left'))?.followed === false)
  })

  it('sees by itself what was pushed without a webhook, and announces after a restart what it left unsaid (C100.1)', async () => {
    const repo = await gitRepo(git.root, 'polled')
    await observationOfFirst('polled', repo)
    await eventually(async () => (await record('polled'))?.announced)
    await app.stop()
    const codesource = bench.bus('codesource')
    const key = revisionKey(repositoryToken(git.urlOf('polled')), 'main')
    const row = await codesource.records(revisionRecord).get(key)
    const factId = `${row!.value.factId}/unsaid`
    await codesource.records(revisionRecord).put(key, { ...row!.value, factId, announced: false })
    app = await startApp({ K8OR_POLL_INTERVAL_MS: '300' })
    await eventually(() => bench.facts.find(({ id }) => id === factId))
    const commit = await commitFiles(repo, { 'a.yaml': 'b' })
    expect((await observation('polled', commit)).data).toMatchObject({ via: 'poll', ordinal: 2 })
    expect(bench.facts.filter(({ id }) => id === factId)).toHaveLength(1)
  }, 20_000)

  it('answers 503 while the bus is away, and takes the delivery later', async () => {
    await bench.nats.process.stop()
    const push = githubPush({ repoUrl: git.urlOf('pushed'), after: 'e'.repeat(40) }, 'hush')
    expect((await send(push)).status).toBe(503)
    await bench.nats.process.start()
    await eventually(async () => (await send(push)).status === 200, { timeoutMs: 20_000 })
  }, 40_000)

  async function observationOfFirst(name: string, repo: string) {
    const commit = await commitFiles(repo, { 'a.yaml': 'first' })
    const declared = await declare(name)
    await observation(name, commit)
    return declared
  }
})
