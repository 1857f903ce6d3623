import type { ApplicationRecord } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import { ApplicationIndex } from '../applications/application-index'
import { Considering } from './consider'
import { ReleaseBooks } from './release-books'
import { RenderTargets } from './render-targets'
import { MemoryWorld, repoURL, revision as key } from '../../../test/memory-world'

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

function setUp(): { world: MemoryWorld; index: ApplicationIndex; considering: Considering; books: ReleaseBooks } {
  const world = new MemoryWorld()
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
    const restored = { '': 3, 'some day': 3, '2999-01-01': 3, '2025-12-31T23:59:59Z': 3, '2025-12-31T23:59:57Z': 8 } // By another clock.
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
