import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

  it('finds facts by id, application, release, sync, and the beginning of a commit', () => {
    const [one, two] = [fact(1), fact(2, { sync: 'app-1-2-1', commits: ['abd'] })]
    index.add(one)
    index.add(two)
    expect(index.byIds(['fact-1', 'unknown'])).toEqual([one])
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

  it('begins anew where the file is not readable', () => {
    index.close()
    writeFileSync(file, 'not a database at all, but long enough to be taken for the header of one')
    index = new SqliteFactIndex(file)
    expect([index.cursor('FACTS'), index.all()]).toEqual([0, []])
  })
})
