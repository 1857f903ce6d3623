import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureLeadTimes } from '../../domain/lead/lead-times'
import type { IndexedFact } from '../../domain/trace/indexed-fact'
import { leadQueries } from './lead-reads'
import { SqliteFactIndex } from './fact-index'
import { openIndex } from './schema'

const applications = Array.from({ length: 250 }, (_, at) => ({ uid: `app-${at}`, name: `argocd/shop-${at}` }))
const perDeployment = ['revision.observed', 'release.rendered', 'sync.planned', 'sync.started', 'sync.finished']
const names = [...perDeployment, 'health.changed', 'drift.detected', 'drift.repaired']
const outcomes: Readonly<Record<string, string>> = { 'sync.finished': 'Succeeded', 'health.changed': 'Healthy' }

/** 50 deployments of each of 250 applications: 100 000 facts. */
function* facts(): Generator<IndexedFact> {
  let sequence = 0
  for (let release = 1; release <= 50; release++)
    for (const { uid, name } of applications)
      for (const fact of names) {
        const isRevision = fact === 'revision.observed'
        yield {
          ...{ stream: 'FACTS', sequence: ++sequence, id: `${fact}/${uid}/${release}`, fact, owner: 'o', token: 't' },
          ...{ time: sequence, correlationId: '', actor: '', traceparent: '', sync: '', repository: '', commits: [] },
          causes: fact === 'release.rendered' ? [`revision.observed/${uid}/${release}`] : [],
          ...{ application: isRevision ? '' : uid, applicationName: isRevision ? '' : name, cluster: 'prod', release },
          ...{ image: '', outcome: outcomes[fact] ?? '', data: {} },
        }
      }
}

describe('services/insighthub/src/adapters/sqlite/lead-reads', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bare-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  it.each(Object.entries(leadQueries))(
    'answers %s from an index, never by looking through all facts',
    (name, query) => {
      const database = openIndex(join(dir, 'empty.db'))
      const values = Array.from(query.matchAll(/\?/g), () => '[]')
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all(...values)
      database.close()
      const steps = plan.map((row) => String(row['detail']))
      expect(steps).toContainEqual(expect.stringMatching(/^SEARCH facts USING (COVERING )?INDEX/))
      expect(steps.filter((step) => /SCAN facts/.test(step))).toEqual([])
      if (name === 'steps') expect(steps).toContainEqual(expect.stringContaining('COVERING'))
    },
  )

  it('reads the lead times of one of 250 applications from 100 000 facts in much less than those of all', () => {
    const index = new SqliteFactIndex(join(dir, 'large.db'))
    for (const fact of facts()) index.add(fact)
    index.flush()
    const take = (of: typeof applications) => {
      const begun = performance.now()
      const times = of.flatMap((application) => measureLeadTimes(index, application, 0))
      return { times, ms: performance.now() - begun }
    }
    const [all, one] = [take(applications), take(applications.slice(7, 8))]
    index.close()
    expect(all.times).toHaveLength(250)
    expect(one.times).toMatchObject([{ deployments: 50, healthy: 50, whole: { p50Ms: 5, p95Ms: 5 } }])
    expect(one.ms).toBeLessThan(all.ms / 10)
  })
})
