import {
  repositoryToken,
  revisionKey,
  revisionObserved,
  revisionRecord,
  revisionUnresolved,
  releaseKey,
  releaseRecord,
  type Fact,
  type Problem,
  type ReleaseFailed,
  type ReleaseRendered,
  type RevisionRecord,
} from '@k8or/contracts'
import { Clusters } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { Releases } from '@k8or/contracts/rpc/chartstore/v1/releases'
import { Trees } from '@k8or/contracts/rpc/codesource/v1/trees'
import { eventually, removeDir, startBusBench, tempDir, type BusBench } from '@k8or/rig'
import { NotFoundError, TooLargeError, type Calls } from '@k8or/rpc'
import type { ServiceApp } from '@k8or/shell'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createApp, loadConfig } from '.'

const url = 'https://git.example/mono.git'
const repository = { url, token: repositoryToken(url) }
const key = revisionKey(repository.token, 'main')
const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`

/** What CodeSource would answer: commits as folders of files. */
class Commits {
  readonly calls = { list: 0, read: 0 }
  readonly #commits = new Map<string, Map<string, Record<string, string>>>()

  add(folders: Map<string, Record<string, string>>): string {
    const commit = createHash('sha1')
      .update(JSON.stringify([...folders]))
      .digest('hex')
    this.#commits.set(commit, folders)
    return commit
  }

  list(commit: string, paths: readonly string[]) {
    this.calls.list += 1
    return paths.map((path) => {
      const folder = this.#commits.get(commit)?.get(path)
      return { path, id: folder ? JSON.stringify(folder) : '', kind: folder ? 'tree' : '' }
    })
  }

  read(commit: string, path: string) {
    this.calls.read += 1
    const folder = this.#commits.get(commit)?.get(path)
    if (!folder) throw new NotFoundError('no such path')
    if (folder['huge.yaml']) throw new TooLargeError('11 MB')
    return Object.entries(folder).map(([name, text]) => ({
      path: name,
      id: name,
      content: Buffer.from(text),
      isLink: false,
    }))
  }
}

describe('services/chartstore/src/app.module.rig', () => {
  const dir = tempDir('chartstore')
  const commits = new Commits()
  let bench: BusBench
  let calls: Calls
  let app: ServiceApp
  let ordinal = 0

  const startApp = (): Promise<ServiceApp> => {
    // What needs the renderer is shown where it is built for sure; here it is the tool that is not there.
    const settings = { K8OR_RENDER_HOST: join(dir, 'render-host'), K8OR_ADVANCE_INTERVAL_MS: '300' }
    const config = loadConfig({ K8OR_REDIS_URL: bench.redis.url, ...settings })
    return bench.start('chartstore', (links) => createApp(config, links))
  }

  const declare = (uid: string, path: string, source: object = {}) => {
    const sources = [{ repoURL: url, path, targetRevision: 'main', ...source }]
    return bench.declare({ uid, sources, specDigest: JSON.stringify(sources) })
  }

  const observe = async (commit: string, problem: Problem | null = null): Promise<string> => {
    ordinal += 1
    const factId = `revision/${ordinal}/${commit}`
    const at = new Date()
    const about = {
      ...{ author: 'Ann', subject: 's', committedAt: at.toISOString(), via: 'webhook' as const },
      previous: null,
    }
    const told = { repository, targetRevision: 'main', ref: 'refs/heads/main', commit, ordinal, ...about }
    const chain = { factId, correlationId: `delivery/${ordinal}`, causes: [], announced: true, followed: true }
    const record: RevisionRecord = { ...told, ...chain, observedAt: at.toISOString(), problem }
    const codesource = bench.bus('codesource')
    await codesource.records(revisionRecord).put(key, record)
    const draft = { id: factId, token: repository.token, time: at, causes: [], correlationId: `delivery/${ordinal}` }
    if (problem) {
      const data = { repository, targetRevision: 'main', problem, since: at.toISOString() }
      await codesource.publisher.publish(revisionUnresolved, { ...draft, actor: 'service:codesource', data })
    } else await codesource.publisher.publish(revisionObserved, { ...draft, actor: 'git:Ann', data: told })
    return factId
  }

  const rendered = (uid: string) =>
    bench.facts.filter(
      ({ type, token }) => type.includes('release.rendered') && token === uid,
    ) as Fact<ReleaseRendered>[]
  const failed = (uid: string) =>
    bench.facts.filter(({ type, token }) => type.includes('release.failed') && token === uid) as Fact<ReleaseFailed>[]
  const release = (uid: string, number: number) =>
    eventually(() => rendered(uid).find(({ data }) => data.release === number), { what: `release ${number} of ${uid}` })
  const latest = async (uid: string) =>
    (await bench.bus('syncmaster').records(releaseRecord).get(releaseKey(uid)))?.value
  const objectsOf = async (uid: string, number = 0) => {
    const { manifests } = await calls
      .to('chartstore', Releases)
      .getRelease({ applicationUid: uid, number: BigInt(number) })
    return JSON.parse(Buffer.from(manifests).toString()) as { metadata: { name: string }; data: object }[]
  }

  beforeAll(async () => {
    bench = await startBusBench(dir)
    bench.calls.serve('codesource', (router) => {
      router.service(Trees, {
        listTrees: ({ commit, paths }) => ({ entries: commits.list(commit, paths) }),
        readTree: ({ commit, path }) => ({ id: path, files: commits.read(commit, path) }),
      })
    })
    bench.calls.serve('accesspoint', (router) => {
      router.service(Clusters, {
        getCapabilities: () => ({ version: 'v1.36.3', apiVersions: ['v1'] }),
      })
    })
    calls = bench.calls.as('spiffe://k8or.mesh/svc/syncmaster')
    app = await startApp()
  }, 60_000)

  afterAll(async () => {
    await app.stop()
    await bench.stop()
    removeDir(dir)
  }, 30_000)

  it('makes a release of what is declared before its revision is known (C20.2, C24.1)', async () => {
    const declared = await declare('early', 'early')
    await pause(200)
    expect(bench.facts.filter(({ type }) => type.includes('release.'))).toEqual([])
    const cause = await observe(commits.add(new Map([['early', { 'a.yaml': configMap('early', '1') }]])))
    const fact = await release('early', 1)
    expect(fact).toMatchObject({ data: { objects: 1, warnings: [] }, token: 'early' })
    expect(fact.causes).toContain(declared)
    expect((await objectsOf('early')).map(({ metadata }) => metadata.name)).toEqual(['early'])
    await observe(commits.add(new Map([['early', { 'a.yaml': configMap('early', '2') }]])))
    const second = await release('early', 2)
    expect(second).toMatchObject({
      causes: [expect.stringMatching(/^revision\//)],
      correlationId: `delivery/${ordinal}`,
    })
    expect(cause).not.toBe(second.causes[0])
    expect(await objectsOf('early', 1)).toMatchObject([{ data: { value: '1' } }])
    const { releases } = await calls.to('chartstore', Releases).listReleases({ applicationUid: 'early' })
    expect(releases.map(({ number }) => Number(number))).toEqual([2, 1])
    await expect(objectsOf('early', 7)).rejects.toThrow(NotFoundError)
  })

  it('keeps the release where sources break, tells what is wrong once, and when all is well again (C12.2)', async () => {
    await declare('broken', 'broken')
    const folder = (text: string) => commits.add(new Map([['broken', { 'a.yaml': text }]]))
    await observe(folder(configMap('broken', '1')))
    await release('broken', 1)
    await observe(folder('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: [\n'))
    const failure = await eventually(() => failed('broken')[0])
    expect(failure.data.problems).toMatchObject([{ reason: 'InvalidYaml', file: 'a.yaml', line: 5 }])
    expect(await latest('broken')).toMatchObject({ release: 1, problems: [{ file: 'a.yaml' }] })
    await observe(folder(configMap('broken', '1')))
    await eventually(() => rendered('broken').length === 2)
    expect(await eventually(async () => (await latest('broken'))?.announced && latest('broken'))).toMatchObject({
      release: 1,
      problems: [],
      failure: null,
    })
    expect(failed('broken')).toHaveLength(1)
  })

  it('fails closed when the repository can not be resolved', async () => {
    await observe('', {
      reason: 'RepositoryNotFound',
      message: 'repository https://git.example/mono.git was not found',
    })
    const told = await eventually(() =>
      failed('broken').find(({ data }) => data.problems[0]?.reason === 'RepositoryNotFound'),
    )
    expect(told.causes).toEqual([`revision/${ordinal}/`])
    expect(await latest('broken')).toMatchObject({ release: 1 })
  })

  it('tells what is too large, missing, or needs a tool that is not there', async () => {
    await observe(
      commits.add(
        new Map([
          ['big', { 'huge.yaml': 'x' }],
          ['chart', { 'Chart.yaml': 'name: x' }],
        ]),
      ),
    )
    await declare('big', 'big')
    await declare('gone', 'gone')
    await declare('chart', 'chart')
    await declare('registry', '', { chart: 'nginx', targetRevision: '1.2.3' })
    const reasons = () => ['big', 'gone', 'chart', 'registry'].map((uid) => failed(uid)[0]?.data.problems[0]?.reason)
    await eventually(() => reasons().every((reason) => reason !== undefined))
    expect(reasons()).toEqual(['SourceTooLarge', 'PathMissing', 'RendererNotReady', 'ToolNotSupported'])
  })

  it('renders one of five hundred applications when a push touches one, with one question for all trees', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `mono-${index}`)
    const folders = new Map(names.map((name) => [name, { 'a.yaml': configMap(name, '1') }]))
    await observe(commits.add(folders))
    await Promise.all(names.map((name) => declare(name, name)))
    await eventually(() => names.every((name) => rendered(name).length === 1), { timeoutMs: 60_000 })
    await eventually(async () => (await latest('mono-499'))?.announced)
    await pause(1_000)
    const before = { ...commits.calls }
    await observe(commits.add(new Map(folders).set('mono-7', { 'a.yaml': configMap('mono-7', '2') })))
    await release('mono-7', 2)
    const asked = { list: commits.calls.list - before.list, read: commits.calls.read - before.read }
    expect(asked.read).toBe(1)
    expect(asked.list).toBeLessThanOrEqual(2)
    expect(names.filter((name) => rendered(name).length !== 1)).toEqual(['mono-7'])
    // The others learn the name of the commit later, without a fact.
    await eventually(
      async () => (await latest('mono-8'))?.sources[0]?.revision === (await latest('mono-7'))?.sources[0]?.revision,
    )
    expect(rendered('mono-8')).toHaveLength(1)
  }, 120_000)

  it('announces after a restart what a killed process wrote and did not announce (C20.3)', async () => {
    await eventually(async () => (await latest('mono-9'))?.announced)
    await app.stop()
    const own = bench.bus('chartstore')
    const row = await own.records(releaseRecord).get(releaseKey('mono-9'))
    const factId = `${row!.value.factId}/unsaid`
    await own.records(releaseRecord).put(releaseKey('mono-9'), { ...row!.value, factId, announced: false })
    app = await startApp()
    await eventually(() => bench.facts.find(({ id }) => id === factId))
    await eventually(async () => (await latest('mono-9'))?.announced)
    expect(bench.facts.filter(({ id }) => id === factId)).toHaveLength(1)
  }, 30_000)
})
