import {
  repositoryToken,
  revisionKey,
  type Announcer,
  type ApplicationRecord,
  type EventDefinition,
  type FactDraft,
  type ReleaseRecord,
  type RevisionRecord,
} from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import { ApplicationIndex } from '../applications/application-index'
import {
  RendererNotReadyError,
  SourceUnreadableError,
  type Releases,
  type Renderer,
  type Revisions,
  type Targets,
  type TreeEntry,
  type Trees,
} from '../ports'
import type { RenderAnswer } from '../render/render-host'
import type { SourceFile } from '../render/rendering'
import { Considering } from './consider'
import { ReleaseBooks } from './release-books'
import { RenderTargets } from './render-targets'

const repoURL = 'https://git.example/shop.git'
const key = revisionKey(repositoryToken(repoURL), 'main')

/** CodeSource, the index and the bus, in memory; `crashAfter` throws once a named call was made. */
class World implements Trees, Revisions, Releases, Announcer<'chartstore'>, Renderer, Targets {
  readonly rows = new Map<string, ReleaseRecord>()
  readonly blobs = new Map<string, string>()
  readonly facts: string[] = []
  commits = new Map<string, Record<string, Record<string, string>>>()
  revision: RevisionRecord | undefined
  crashBefore = ''
  reads = 0

  commit(commit: string, paths: Record<string, Record<string, string>>): void {
    this.commits.set(commit, paths)
    const told = {
      repository: { url: repoURL, token: repositoryToken(repoURL) },
      targetRevision: 'main',
      ref: 'refs/heads/main',
    }
    const facts = {
      factId: `revision/${commit}`,
      correlationId: `delivery/${commit}`,
      ordinal: this.commits.size,
      causes: [],
      announced: true,
    }
    const about = {
      previous: null,
      author: '',
      subject: '',
      committedAt: '',
      via: 'poll' as const,
      problem: null,
      followed: true,
    }
    this.revision = { ...told, ...facts, ...about, commit, observedAt: '2026-01-01T00:00:00.000Z' }
  }

  list(...asked: [string, string, readonly string[]] | [string]): never {
    const [first, commit, paths] = asked
    if (commit === undefined || paths === undefined)
      return Promise.resolve([...this.rows.values()].filter(({ application }) => application.uid === first)) as never
    const trees = this.commits.get(commit) ?? {}
    const entries = paths
      .map((path): [string, string] => [path, this.linked(trees, path)])
      .filter(([, path]) => path in trees)
      .map(([asked, path]): [string, TreeEntry] => [asked, { id: JSON.stringify(trees[path]), kind: 'tree' }])
    return Promise.resolve(new Map(entries)) as never
  }

  /** A file `app/link` whose text is `-> path` leads to that path of the commit. */
  private linked(trees: Record<string, Record<string, string>>, path: string): string {
    const [folder = '', name = ''] = path.split('/')
    return trees[folder]?.[name]?.replace(/^-> /, '') ?? path
  }

  read(_: string, commit: string, path: string): Promise<SourceFile[]> {
    this.reads++
    const trees = this.commits.get(commit) ?? {}
    if (trees[path]?.['huge']) throw new SourceUnreadableError({ reason: 'SourceTooLarge', message: 'too large' })
    const files = Object.entries(trees[path] ?? {}).map(([name, text]): SourceFile => {
      const target = trees[text.replace(/^-> /, '')]
      if (!text.startsWith('-> ') || !target) return { path: name, content: Buffer.from(text), isLink: false }
      const [content = ''] = Object.values(target)
      return { path: name, content: Buffer.from(content), isLink: true, link: 'followed', id: JSON.stringify(target) }
    })
    return Promise.resolve(files)
  }

  get(uid: string, release?: number): never {
    return Promise.resolve(release === undefined ? this.revision : this.rows.get(`${uid}.${String(release)}`)) as never
  }

  latest(uid: string): Promise<ReleaseRecord | undefined> {
    return Promise.resolve(this.rows.get(`${uid}.latest`))
  }

  create(uid: string, record: ReleaseRecord): Promise<boolean> {
    this.step('create')
    const row = `${uid}.${String(record.release)}`
    if (this.rows.has(row)) return Promise.resolve(false)
    this.rows.set(row, record)
    return Promise.resolve(true)
  }

  putLatest(uid: string, record: ReleaseRecord): Promise<void> {
    this.step(record.announced ? 'note' : 'latest')
    this.rows.set(`${uid}.latest`, record)
    return Promise.resolve()
  }

  storeManifests(digest: string, manifests: string): Promise<void> {
    this.step('store')
    this.blobs.set(digest, manifests)
    return Promise.resolve()
  }

  manifests(digest: string): Promise<Uint8Array | undefined> {
    const found = this.blobs.get(digest)
    return Promise.resolve(found === undefined ? undefined : Buffer.from(found))
  }

  publish<Data>(_event: EventDefinition<Data, 'chartstore'>, { id }: FactDraft<Data>): Promise<{ duplicate: boolean }> {
    this.step('announce')
    const duplicate = this.facts.includes(id)
    if (!duplicate) this.facts.push(id)
    return Promise.resolve({ duplicate })
  }

  /** What hosts do is shown with real ones. */
  render(): Promise<RenderAnswer> {
    return Promise.reject(new RendererNotReadyError('there is no host'))
  }

  capabilities(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  private step(name: string): void {
    if (this.crashBefore !== name) return
    this.crashBefore = ''
    throw new Error(`killed before ${name}`)
  }
}

const manifest = (value: string) => ({
  'c.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { v: "${value}" }\n`,
})

function application(uid: string, path: string): ApplicationRecord {
  return {
    ref: { uid, name: uid, namespace: 'argocd', project: 'default' },
    token: `${uid}_token`,
    bucket: 0,
    destination: { server: '', name: 'in-cluster', namespace: 'default' },
    sources: [{ repoURL, path, targetRevision: 'main' }],
    specDigest: `spec-${path}`,
    refresh: '',
  }
}

function setUp(): { world: World; index: ApplicationIndex; considering: Considering; books: ReleaseBooks } {
  const world = new World()
  const index = new ApplicationIndex()
  index.put({ record: application('one', 'one'), revision: 1, factId: 'declared/one', correlationId: 'declared/one' })
  index.put({ record: application('two', 'two'), revision: 1, factId: 'declared/two', correlationId: 'declared/two' })
  const targets = new RenderTargets(world, 'argocd')
  const books = new ReleaseBooks(
    world,
    world,
    { now: () => new Date(0) },
    { rendered: () => undefined, failed: () => undefined },
  )
  return { world, index, books, considering: new Considering(index, world, world, world, books, world, targets) }
}

describe('services/chartstore/src/domain/release/consider', () => {
  it('C20.2 a changed tree becomes the next release; the older one stays', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: manifest('1') })
    await considering.application('one')
    world.commit('b', { one: manifest('2') })
    await considering.application('one')
    expect([...world.rows.keys()].sort()).toEqual(['one.1', 'one.2', 'one.latest'])
    expect(world.rows.get('one.1')?.digest).not.toBe(world.rows.get('one.2')?.digest)
    expect(world.facts).toHaveLength(2)
  })

  it('only applications whose trees changed are touched by a commit, and only they are rendered', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: manifest('1'), two: manifest('1') })
    for (const uid of await considering.touchedBy(key)) await considering.application(uid)
    world.commit('b', { one: manifest('1'), two: manifest('2') })
    expect(await considering.touchedBy(key)).toEqual(['two'])
    const before = world.reads
    for (const uid of ['one', 'two']) await considering.application(uid)
    expect(world.reads - before).toBe(1)
    expect(world.rows.get('one.latest')).toMatchObject({ release: 1, sources: [{ revision: 'b' }] })
  })

  it('asked to, it renders again what has not changed, which is no new release', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: manifest('1') })
    await considering.application('one')
    const before = world.reads
    await considering.application('one')
    expect(world.reads).toBe(before)
    await considering.application('one', true)
    expect(world.reads).toBe(before + 1)
    expect([...world.rows.keys()].sort()).toEqual(['one.1', 'one.latest'])
    expect(world.facts).toHaveLength(1)
  })

  it('going back to an earlier content is a new release of the same digest', async () => {
    const { world, considering } = setUp()
    for (const [commit, value] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '1'],
    ] as const) {
      world.commit(commit, { one: manifest(value) })
      await considering.application('one')
    }
    expect(world.rows.get('one.latest')?.release).toBe(3)
    expect(world.rows.get('one.3')?.digest).toBe(world.rows.get('one.1')?.digest)
  })

  it('C20.1 a number that holds the same content already is that release; other content under it is left as it is, and so is what the hub remembers', async () => {
    const { world, index, considering } = setUp()
    world.commit('a', { one: manifest('1') })
    await considering.application('one')
    const stored = world.rows.get('one.1')
    world.rows.delete('one.latest')
    await considering.application('one')
    expect(world.rows.get('one.1')).toBe(stored)
    expect([...world.rows.keys()].sort()).toEqual(['one.1', 'one.latest'])
    const other = { ...stored!, release: 2, inputDigest: 'of another writer' }
    world.rows.set('one.2', other)
    world.commit('b', { one: manifest('2') })
    await considering.application('one')
    expect(world.rows.get('one.2')).toBe(other)
    expect(world.rows.get('one.latest')).toMatchObject({ release: 3 })
    const restored = { '2999-01-01': 3, '2025-12-31T23:59:59Z': 3, '2025-12-31T23:59:57Z': 8 } // By another clock.
    for (const [at, [deployedAt, release]] of Object.entries(restored).entries()) {
      const record = { ...application('one', 'one'), releaseFloor: 7, deployedAt }
      index.put({ record, revision: at + 2, factId: 'd', correlationId: 'd' })
      await considering.application('one')
      expect(world.rows.get('one.latest')).toMatchObject({ release })
    }
  })

  it('C24.3 what could not run on any cluster is no release, with the field that is wrong', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: manifest('1') })
    await considering.application('one')
    const head = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n'
    world.commit('b', { one: { 'd.yaml': `${head}spec: { replicas: -1 }\n` } })
    await considering.application('one')
    expect(world.rows.get('one.latest')).toMatchObject({ release: 1, problems: [{ field: 'spec.replicas' }] })
    expect(world.rows.has('one.2')).toBe(false)
  })

  it('C8.4 a declaration that differs makes a new release, an equal one none', async () => {
    const { world, considering, index } = setUp()
    world.commit('a', { one: manifest('1'), other: manifest('2') })
    const declare = (path: string, revision: number) =>
      index.put({
        ...{ factId: `declared/${revision}`, correlationId: '' },
        record: application('one', path),
        revision,
      })
    await considering.application('one')
    declare('one', 2)
    await considering.application('one')
    expect(world.facts).toHaveLength(1)
    declare('other', 3)
    await considering.application('one')
    expect(world.rows.get('one.latest')).toMatchObject({ release: 2, specDigest: 'spec-other' })
  })

  it('C12.1 the same input gives byte-identical manifests', async () => {
    const [first, second] = [setUp(), setUp()]
    for (const { world, considering } of [first, second]) {
      world.commit('a', { one: manifest('1') })
      await considering.application('one')
    }
    expect([...first.world.blobs]).toEqual([...second.world.blobs])
  })

  it('a failure is announced once, keeps the release before it, and its end is announced', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: manifest('1') })
    await considering.application('one')
    world.commit('b', { one: { 'c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}' } })
    await considering.application('one')
    await considering.application('one')
    expect(world.facts).toHaveLength(2)
    expect(world.rows.get('one.latest')).toMatchObject({ release: 1, problems: [{ field: 'metadata.name' }] })
    world.commit('c', { one: manifest('1') })
    await considering.application('one')
    expect(world.facts).toHaveLength(3)
    expect(world.rows.get('one.latest')).toMatchObject({ release: 1, problems: [], failure: null })
  })

  it.each(['store', 'create', 'latest', 'announce', 'note'])(
    'C20.3 killed before "%s" and looked at again: one release, one fact',
    async (step) => {
      const { world, considering, books } = setUp()
      world.commit('a', { one: manifest('1') })
      world.crashBefore = step
      await expect(considering.application('one')).rejects.toThrow('killed')
      for (const row of [...world.rows.values()].filter(
        ({ announced, release }) => !announced && world.rows.get('one.latest')?.release === release,
      ))
        await books.publish(row, 'one_token')
      await considering.application('one')
      expect(world.rows.get('one.latest')).toMatchObject({ release: 1, announced: true })
      expect(world.facts).toHaveLength(1)
      expect(world.rows.has('one.2')).toBe(false)
    },
  )

  it('A4.4 a link to a file elsewhere in the repository is an input too', async () => {
    const { world, considering } = setUp()
    const one = { 'c.yaml': '-> base' }
    world.commit('a', { one, base: manifest('1') })
    await considering.application('one')
    world.commit('b', { one, base: manifest('2') })
    expect(await considering.touchedBy(key)).toContain('one')
    await considering.application('one')
    expect(world.rows.get('one.latest')).toMatchObject({ release: 2, reads: [{ source: 0, path: 'one/c.yaml' }] })
    world.commit('c', { one, base: manifest('2'), other: manifest('1') })
    expect(await considering.touchedBy(key)).not.toContain('one')
    const { reads } = world
    await considering.application('one')
    expect(world.reads).toBe(reads)
  })

  it('what can not be read is a failure that is told, not a job that is dropped', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: { huge: '1' } })
    await considering.application('one')
    expect(world.rows.get('one.latest')).toMatchObject({ release: 0, problems: [{ reason: 'SourceTooLarge' }] })
  })

  it('a render host that is not built yet is told, and asked for again until it is', async () => {
    const { world, considering } = setUp()
    world.commit('a', { one: { 'kustomization.yaml': 'resources: []' } })
    for (const _ of [1, 2]) await expect(considering.application('one')).rejects.toThrow(Later)
    expect(world.facts).toHaveLength(1)
    expect(world.rows.get('one.latest')).toMatchObject({
      release: 0,
      problems: [{ reason: 'RendererNotReady', message: 'there is no host' }],
    })
  })

  it('a tool that is not there yet, and a declaration without a source, are told without asking git', async () => {
    const { world, index, considering } = setUp()
    const chart = {
      ...application('three', ''),
      sources: [{ repoURL, path: '', targetRevision: '1.2', chart: 'nginx' }],
    }
    index.put({ record: chart, revision: 1, factId: 'declared/three', correlationId: 'declared/three' })
    index.put({ record: { ...application('four', ''), sources: [] }, revision: 1, factId: '', correlationId: '' })
    await considering.application('three')
    await considering.application('four')
    expect(world.rows.get('three.latest')).toMatchObject({
      problems: [{ reason: 'ToolNotSupported', message: expect.stringContaining('helm') as string }],
      failure: { causes: ['declared/three'], correlationId: 'declared/three' },
    })
    expect(world.rows.get('four.latest')).toMatchObject({ problems: [{ reason: 'InvalidSource' }] })
  })

  it('ignores a declaration that is older than what is known', async () => {
    const { world, index, considering } = setUp()
    index.put({ record: application('one', 'old'), revision: 0, factId: 'late', correlationId: 'late' })
    world.commit('a', { one: manifest('1') })
    await considering.application('one')
    expect(world.rows.get('one.latest')).toMatchObject({ release: 1, sources: [{ path: 'one' }] })
  })

  it('a path that is not there is named with repository and commit', async () => {
    const { world, considering } = setUp()
    world.commit('abcdef1234567', { one: manifest('1') })
    await considering.application('two')
    const [problem] = world.rows.get('two.latest')?.problems ?? []
    expect(problem?.message).toBe(
      'path "two" of https://git.example/shop.git at main (abcdef12) does not exist; correct the path, or push it',
    )
  })
})
