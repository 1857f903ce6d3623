import { measureLeadTimes } from './lead-times'
import type { LeadFacts, Link, Step } from './milestones'

type Told = Link & Step
let known: Told[] = []

/** The index as a list; the real one is SQLite. */
const index: LeadFacts = {
  newestLinks: (application, name, since, atMost) => of(application, [name], since).slice(-atMost),
  steps: (application, names, since) => of(application, names, since),
  linksByIds: (ids) => known.filter(({ id }) => ids.includes(id)),
}

function of(application: string, names: readonly string[], since: number): Told[] {
  const told = known.filter((one) => one.application === application && names.includes(one.fact) && one.time >= since)
  return told.toSorted((one, other) => one.time - other.time)
}

function tell(fact: string, time: number, more: Partial<Told> = {}): Told {
  const about = { application: '', cluster: '', release: 0, outcome: '', causes: [] }
  const told = { ...about, id: `${fact}/${known.length}`, fact, time, ...more }
  known.push(told)
  return told
}

interface Times {
  readonly release: number
  readonly released: number
  readonly because?: Told
  readonly applied?: number
  readonly verdict?: readonly [outcome: string, time: number]
}

function deploy({ release, released, because, applied, verdict }: Times, application = 'app', cluster = 'prod'): void {
  const about = { application, cluster, release }
  tell('release.rendered', released, { ...about, cluster: '', causes: because ? [because.id] : [] })
  tell('sync.planned', released + 10, about)
  tell('sync.started', released + 11, about)
  if (applied !== undefined) tell('sync.finished', applied, { ...about, outcome: 'Succeeded' })
  if (verdict) tell('health.changed', verdict[1], { ...about, release: 0, outcome: verdict[0] })
}

const byHand = (time: number): Told => {
  const delivery = tell('delivery.received', time)
  return tell('revision.observed', time + 30, { causes: [delivery.id] })
}

const measure = (since = 0) => measureLeadTimes(index, { uid: 'app', name: 'argocd/shop' }, since)
const hopsOf = ([first]: ReturnType<typeof measure>) =>
  first?.hops.map(({ from, to, count, p50Ms, p95Ms }) => `${from}-${to} ${count}: ${p50Ms} ${p95Ms}`)

describe('services/insighthub/src/domain/lead/lead-times', () => {
  beforeEach(() => {
    known = []
  })

  it('tells how long each hop of a push takes, half of them and nineteen of twenty', () => {
    for (let at = 1; at <= 20; at++) {
      const begin = at * 10_000
      const because = byHand(begin)
      deploy({ release: at, released: begin + 40, because, applied: begin + 60, verdict: ['Healthy', begin + 60 + at] })
    }
    expect(measure()).toMatchObject([
      { application: 'argocd/shop', cluster: 'prod', deployments: 20, healthy: 20, whole: { p50Ms: 70, p95Ms: 79 } },
    ])
    expect(hopsOf(measure())).toEqual([
      'received-observed 20: 30 30',
      'observed-released 20: 10 10',
      'released-planned 20: 10 10',
      'planned-applied 20: 10 10',
      'applied-healthy 20: 10 19',
    ])
    expect(measure(200_000)).toMatchObject([{ deployments: 1 }])
    expect(measure(900_000)).toEqual([])
  })

  it('begins with the image where one led to the commit, and with the one that waited longest', () => {
    const delivery = tell('delivery.received', 100)
    const first = tell('image.built', 110, { causes: [delivery.id] })
    const second = tell('image.built', 150, { causes: [delivery.id] })
    const own = [first, second].map(({ id }) => tell('image.considered', 155, { application: 'app', causes: [id] }))
    const others = tell('image.considered', 50, { application: 'other', causes: [tell('image.built', 40).id] })
    const commit = tell('commit.pushed', 300, { causes: [...own, others].map(({ id }) => id) })
    const because = tell('revision.observed', 310, { causes: [commit.id] })
    deploy({ release: 1, released: 320, because, applied: 360, verdict: ['Healthy', 900] })
    expect(hopsOf(measure())).toEqual([
      'received-built 1: 10 10',
      'built-committed 1: 190 190',
      'committed-observed 1: 10 10',
      'observed-released 1: 10 10',
      'released-planned 1: 10 10',
      'planned-applied 1: 30 30',
      'applied-healthy 1: 540 540',
    ])
    expect(measure()).toMatchObject([{ whole: { count: 1, p50Ms: 800 } }])
  })

  it('counts what failed, was overtaken or is not over as not healthy', () => {
    deploy({ release: 1, released: 1000, applied: 1100, verdict: ['Degraded', 1200] })
    deploy({ release: 2, released: 2000, applied: 2100 })
    deploy({ release: 3, released: 3000, applied: 3100, verdict: ['Healthy', 3500] })
    deploy({ release: 4, released: 4000 })
    expect(measure()).toMatchObject([{ deployments: 4, healthy: 1, whole: { count: 1, p50Ms: 500 } }])
    expect(hopsOf(measure())).toContain('applied-healthy 1: 400 400')
  })

  it('takes no waiting from a revision that was there before the application, or before another release of it', () => {
    const because = byHand(1000)
    tell('application.declared', 50_000, { application: 'app' })
    deploy({ release: 1, released: 50_010, because, applied: 50_100 })
    const next = byHand(60_000)
    deploy({ release: 2, released: 60_040, because: next, applied: 60_100 })
    deploy({ release: 3, released: 90_000, because: next, applied: 90_100 })
    expect(hopsOf(measure())?.slice(0, 2)).toEqual(['received-observed 1: 30 30', 'observed-released 1: 10 10'])
  })

  it('tells clusters apart, and a release by when it was told first', () => {
    deploy({ release: 1, released: 1000, applied: 1100 }, 'app', 'blue')
    deploy({ release: 2, released: 2000, applied: 2500 }, 'app', 'green')
    tell('release.rendered', 9000, { application: 'app', release: 1 })
    tell('release.rendered', 9500, { application: 'app', release: 3 })
    expect(measure().map(({ cluster, deployments }) => [cluster, deployments])).toEqual([
      ['blue', 1],
      ['green', 1],
    ])
  })
})
