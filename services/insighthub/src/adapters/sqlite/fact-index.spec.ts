import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexedFact } from '../../domain/trace/indexed-fact'
import { SqliteFactIndex } from './fact-index'

const fact = (sequence: number, more: Partial<IndexedFact> = {}): IndexedFact => ({
  stream: 'FACTS',
  sequence,
  id: `fact-${sequence}`,
  fact: 'release.rendered',
  owner: 'chartstore',
  token: 'shop',
  time: 1000 + sequence,
  correlationId: 'push',
  causes: ['a', 'b'],
  actor: 'git:ann',
  traceparent: '',
  application: 'app-1',
  applicationName: 'argocd/shop',
  cluster: '',
  release: sequence,
  sync: '',
  repository: '',
  commits: ['abcdef0123', '999'],
  image: 'registry.example.com/shop/web:2',
  outcome: '',
  data: { objects: 2 },
  ...more,
})

describe('services/insighthub/src/adapters/sqlite/fact-index', () => {
  const dir = mkdtempSync(join(tmpdir(), 'index-'))
  const file = join(dir, 'nested', 'index.db')
  let index: SqliteFactIndex

  beforeEach(() => {
    rmSync(join(dir, 'nested'), { recursive: true, force: true })
    index = new SqliteFactIndex(file)
  })

  afterEach(() => index.close())
  afterAll(() => rmSync(dir, { recursive: true }))

  it('finds facts by id, cause, application, release, sync, image, and the beginning of a commit', () => {
    const [one, two] = [fact(1), fact(2, { sync: 'app-1-2-1', commits: ['abd'], causes: ['b'], image: '' })]
    index.add(one)
    index.add(two)
    expect(index.byIds(['fact-1', 'unknown'])).toEqual([one])
    expect([index.effectsOf(['a', 'x']), index.effectsOf(['b', 'a'])]).toEqual([[one], [one, two]])
    expect(index.ofImage('registry.example.com/shop/web:2')).toEqual([one])
    expect(index.newest('app-1', 'release.rendered')).toEqual(two)
    expect(index.ofRelease('app-1', 1)).toEqual([one])
    expect(index.ofSync('app-1-2-1')).toEqual([two])
    expect(index.ofCommit('abcdef')).toEqual([one])
    expect(index.ofCommit('ab')).toEqual([one, two])
    expect(index.during('app-1', 'release.rendered', { from: 1002, to: Infinity })).toEqual([two])
    expect(index.newestOfEach('release.rendered')).toEqual([two])
    expect(index.uidOf('argocd/shop')).toBe('app-1')
  })

  it('knows after a restart how far it read', () => {
    index.add(fact(7))
    index.skipTo('ACCESS', 40)
    index.close()
    index = new SqliteFactIndex(file)
    expect([index.cursor('FACTS'), index.cursor('ACCESS')]).toEqual([7, 40])
    expect(index.all()).toEqual([fact(7)])
  })

  it('holds a fact once that comes twice', () => {
    index.add(fact(1))
    index.flush()
    index.add(fact(1))
    expect(index.all()).toHaveLength(1)
  })

  describe('trimming', () => {
    const keepNewest = { facts: ['sync.finished'], applications: ['app-1'] }
    const large = { before: 0, maxBytes: 1e9, keepNewest }

    it('removes what is too old, with its commits, and says so', () => {
      for (const sequence of [1, 2, 3]) index.add(fact(sequence, { commits: [`abc${sequence}`] }))
      expect(index.trim({ ...large, before: 1003 })).toBe(2)
      expect(index.all().map(({ sequence }) => sequence)).toEqual([3])
      expect([index.ofCommit('abc1'), index.effectsOf(['a']).length]).toEqual([[], 1])
      expect(index.gaps()).toEqual([
        { stream: 'FACTS', cause: 'retention', from: 1001, until: 1002, noticedAt: 0, facts: 2 },
      ])
      expect([index.trim({ ...large, before: 1003 }), index.cursor('FACTS')]).toEqual([0, 3])
    })

    it('keeps the newest of what the next start needs, while its application is declared', () => {
      for (const sequence of [1, 2]) index.add(fact(sequence, { fact: 'sync.finished' }))
      index.add(fact(3, { fact: 'sync.finished', application: 'removed' }))
      index.trim({ ...large, before: 5000 })
      expect(index.all().map(({ sequence }) => sequence)).toEqual([2])
    })

    it('removes the oldest while it is too large, and gives the room back', () => {
      const data = { text: 'x'.repeat(4_000) }
      for (let sequence = 1; sequence <= 4_000; sequence++) index.add(fact(sequence, { data }))
      index.flush()
      const trim = { before: 0, maxBytes: 9_000_000, keepNewest }
      expect(index.trim(trim)).toBeGreaterThan(0)
      while (index.trim(trim) > 0);
      const left = index.all().map(({ sequence }) => sequence)
      expect(left.length).toBeGreaterThan(0)
      expect(left.at(-1)).toBe(4_000)
      index.close()
      expect(statSync(file).size).toBeLessThan(9_500_000)
      index = new SqliteFactIndex(file)
    })
  })

  it('reads another stream of the same name from its beginning, and says what was lost with the one before', () => {
    index.begin('FACTS', { created: 'monday', isAnother: false }, 0)
    index.add(fact(7))
    index.begin('FACTS', { created: 'monday', isAnother: false }, 0)
    expect([index.cursor('FACTS'), index.gaps()]).toEqual([7, []])
    index.begin('FACTS', { created: 'tuesday', isAnother: true }, 9_000)
    expect([index.cursor('FACTS'), index.streamOf('FACTS'), index.all()]).toEqual([0, 'tuesday', []])
    expect(index.gaps()).toEqual([
      { stream: 'FACTS', cause: 'stream lost', from: 1007, until: 1007, noticedAt: 9_000, facts: 1 },
    ])
    index.add(fact(1))
    index.close()
    index = new SqliteFactIndex(file)
    expect([index.cursor('FACTS'), index.streamOf('FACTS'), index.gaps().length]).toEqual([1, 'tuesday', 1])
  })

  it('begins anew where the file is not readable', () => {
    index.close()
    writeFileSync(file, 'not a database at all, but long enough to be taken for the header of one')
    index = new SqliteFactIndex(file)
    expect([index.cursor('FACTS'), index.all()]).toEqual([0, []])
  })
})
