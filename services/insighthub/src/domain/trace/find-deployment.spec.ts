import type { FactIndex } from './fact-index'
import { findDeployment, type DeploymentName } from './find-deployment'
import { assembleTrace } from './hops'
import type { IndexedFact } from './indexed-fact'

let sequence = 0

const fact = (name: string, time: number, more: Partial<IndexedFact> = {}): IndexedFact => ({
  stream: name === 'access.recorded' ? 'ACCESS' : 'FACTS',
  sequence: ++sequence,
  id: `${name}/${sequence}`,
  fact: name,
  owner: 'somebody',
  token: '_',
  time,
  correlationId: 'delivery',
  causes: [],
  actor: 'git:ann',
  traceparent: '',
  application: 'app-1',
  applicationName: 'argocd/shop',
  cluster: 'prod',
  release: 0,
  sync: '',
  repository: '',
  commits: [],
  image: '',
  outcome: '',
  data: {},
  ...more,
})

/** The index as a list; the real one is SQLite. */
class ListedFacts implements FactIndex {
  constructor(private readonly facts: readonly IndexedFact[]) {}

  byIds = (ids: readonly string[]) => this.facts.filter(({ id }) => ids.includes(id))
  effectsOf = (ids: readonly string[]) => this.facts.filter(({ causes }) => causes.some((cause) => ids.includes(cause)))
  ofImage = (image: string) => this.facts.filter((each) => each.image === image)
  newest = (application: string, name: string) =>
    this.facts.findLast((each) => each.application === application && each.fact === name)
  ofCommit = (commit: string) => this.facts.filter(({ commits }) => commits.some((each) => each.startsWith(commit)))
  ofSync = (sync: string) => this.facts.filter((each) => each.sync === sync)
  ofRelease = (application: string, release: number) =>
    this.facts.filter((each) => each.application === application && each.release === release)
  during = (application: string, name: string, { from, to }: { from: number; to: number }) =>
    this.facts.filter(
      ({ application: of, fact: is, time }) => of === application && is === name && time >= from && time < to,
    )
}

const nobody = { application: '', applicationName: '' }
const delivery = fact('delivery.received', 1000, { ...nobody, id: 'delivery', traceparent: '00-cafe-01-01' })
const revision = fact('revision.observed', 1030, { ...nobody, id: 'revision', causes: ['delivery'], commits: ['abc1'] })
const release = fact('release.rendered', 1050, {
  id: 'release',
  causes: ['revision', 'unknown'],
  release: 2,
  commits: ['abc1'],
})
const planned = fact('sync.planned', 1060, { release: 2, sync: 's1', causes: ['release'] })
const started = fact('sync.started', 1060, { release: 2, sync: 's1' })
const read = fact('access.recorded', 1062, { release: 2, outcome: 'intent' })
const call = fact('access.recorded', 1070, { release: 2, outcome: 'outcome' })
const finished = fact('sync.finished', 1072, { release: 2, sync: 's1', outcome: 'Succeeded' })
const progressing = fact('health.changed', 1080, { outcome: 'Progressing' })
const healthy = fact('health.changed', 1900, { outcome: 'Healthy' })
const healed = fact('sync.started', 3000, { release: 2, sync: 's2' })
const earlier = fact('release.rendered', 500, { release: 1, commits: ['000'] })
const chain = [delivery, revision, release, planned, started, call, finished, healthy]
const facts = [
  earlier,
  delivery,
  revision,
  release,
  planned,
  started,
  read,
  call,
  finished,
  progressing,
  healthy,
  healed,
]

const trace = (name: DeploymentName, known = facts) => assembleTrace(findDeployment(new ListedFacts(known), name))
const idsOf = (hops: readonly { id: string }[]) => hops.map(({ id }) => id)

describe('services/insighthub/src/domain/trace/find-deployment', () => {
  it.each<[string, DeploymentName]>([
    ['an application', { by: 'application', uid: 'app-1' }],
    ['a commit', { by: 'commit', commit: 'abc' }],
    ['a sync', { by: 'sync', sync: 's1' }],
  ])('leads from %s to the whole chain in order', (_, name) => {
    const { hops, correlationId, traceId } = trace(name)
    expect(idsOf(hops)).toEqual(idsOf(chain))
    expect({ correlationId, traceId }).toEqual({ correlationId: 'delivery', traceId: 'cafe' })
    expect(hops.map(({ sinceStartMs }) => sinceStartMs)).toEqual([0, 30, 50, 60, 60, 70, 72, 900])
    expect(hops.map(({ sincePreviousMs }) => sincePreviousMs)).toEqual([0, 30, 20, 10, 0, 10, 2, 828])
  })

  it('tells how a deployment stands that is not over', () => {
    const { hops } = trace({ by: 'commit', commit: 'abc1' }, facts.slice(0, 5))
    expect(idsOf(hops)).toEqual(idsOf([delivery, revision, release, planned]))
  })

  it('ends with the verdict Degraded where a deployment fails', () => {
    const degraded = fact('health.changed', 1800, { outcome: 'Degraded' })
    const { hops } = trace({ by: 'application', uid: 'app-1' }, [...facts.slice(0, -2), degraded])
    expect(hops.at(-1)?.id).toBe(degraded.id)
  })

  it('takes no verdict that belongs to a later release', () => {
    const next = [fact('sync.started', 1500, { release: 3, sync: 's3' }), healthy]
    const { hops } = trace({ by: 'commit', commit: 'abc1' }, [...facts.slice(0, 10), ...next])
    expect(hops.at(-1)?.id).toBe(finished.id)
  })

  it('includes the attempts that failed before one succeeded', () => {
    const failed = [
      fact('sync.started', 1052, { release: 2, sync: 's0' }),
      fact('sync.finished', 1055, { release: 2, sync: 's0', outcome: 'Failed' }),
    ]
    const { hops } = trace({ by: 'commit', commit: 'abc1' }, [...facts.slice(0, 4), ...failed, ...facts.slice(4)])
    expect(hops.map(({ fact: name }) => name).filter((name) => name === 'sync.finished')).toHaveLength(2)
  })

  it('finds the webhook of a revision that was seen after a restart, by its commit', () => {
    const repository = 'r-1'
    const told = { ...delivery, repository, commits: ['abc1'] }
    const others = [
      { ...told, id: 'elsewhere', repository: 'r-2' },
      { ...told, id: 'later', time: 1031 },
    ]
    const found = { ...revision, repository, causes: [] }
    expect(idsOf(trace({ by: 'commit', commit: 'abc1' }, [...others, told, found, release]).hops)).toEqual(
      idsOf([delivery, revision, release]),
    )
  })

  it('tells of a commit that led to no release', () => {
    expect(idsOf(trace({ by: 'commit', commit: 'abc1' }, [delivery, revision]).hops)).toEqual(['delivery', 'revision'])
  })

  it('tells many calls as ten', () => {
    const calls = Array.from({ length: 30 }, () => fact('access.recorded', 1065, { release: 2, outcome: 'outcome' }))
    const { hops } = trace({ by: 'application', uid: 'app-1' }, [...facts, ...calls])
    expect(hops.filter(({ fact: name }) => name === 'access.recorded')).toHaveLength(10)
    expect(hops.some(({ summary }) => summary.endsWith('and 21 calls before it'))).toBe(true)
  })

  it('knows nothing of what nobody told', () => {
    expect(trace({ by: 'sync', sync: 'other' }).hops).toEqual([])
  })

  it('AU.1 ends with the way back, where somebody took it, and with the verdict after that', () => {
    const ref = { uid: 'app-1', namespace: 'argocd', name: 'shop', project: 'default' }
    const about = { application: ref, sync: 'back', release: 1, from: 2, cluster: 'prod', revisions: [], reason: '' }
    const degraded = fact('health.changed', 1800, { outcome: 'Degraded' })
    const back = [
      fact('rollback.started', 2000, { release: 1, sync: 'back', data: about }),
      fact('sync.planned', 2001, { release: 1, sync: 'back' }),
      fact('sync.started', 2001, { release: 1, sync: 'back' }),
      fact('sync.finished', 2020, { release: 1, sync: 'back', outcome: 'Succeeded' }),
      fact('rollback.finished', 2020, { release: 1, sync: 'back', outcome: 'Succeeded' }),
      fact('health.changed', 2400, { outcome: 'Healthy' }),
    ]
    const known = [earlier, ...chain.slice(0, -1), degraded, ...back]
    const hops = trace({ by: 'commit', commit: 'abc1' }, known).hops
    expect(idsOf(hops)).toEqual(idsOf([...chain.slice(0, -1), degraded, ...back]))
    const ofSync = trace({ by: 'sync', sync: 'back' }, known).hops
    expect(idsOf(ofSync)).toEqual(idsOf([earlier, ...back]))
  })

  describe('that began with an image', () => {
    const image = 'registry.example.com/shop/web:2'
    const on = (cluster: string) => ({ application: `app-${cluster}`, applicationName: `argocd/${cluster}`, cluster })
    const pushed = fact('delivery.received', 100, { ...nobody, cluster: '', id: 'pushed' })
    const built = fact('image.built', 110, { ...nobody, cluster: '', image, causes: ['pushed'], commits: ['c0de'] })
    const considered = (cluster: string, tag = image, cause = built.id) =>
      fact('image.considered', 120, { ...on(cluster), image: tag, causes: [cause], outcome: '' })
    const taken = [considered('one'), considered('two')]
    const other = fact('image.built', 90, { ...nobody, image: 'registry.example.com/shop/api:7' })
    const alien = considered('else', other.image, other.id)
    const commit = fact('commit.pushed', 200, {
      ...{ ...nobody, cluster: '', commits: ['abc1'] },
      causes: [...taken, alien].map(({ id }) => id),
    })
    const observed = fact('revision.observed', 210, { ...nobody, cluster: '', commits: ['abc1'], causes: [commit.id] })
    const deployed = (cluster: string, begin: number) => [
      fact('release.rendered', begin, { ...on(cluster), release: 5, causes: [observed.id], commits: ['abc1'] }),
      fact('sync.planned', begin + 10, { ...on(cluster), release: 5, sync: cluster }),
      fact('sync.finished', begin + 20, { ...on(cluster), release: 5, sync: cluster, outcome: 'Succeeded' }),
      fact('health.changed', begin + 500, { ...on(cluster), outcome: 'Healthy' }),
    ]
    const whole = [pushed, built, ...taken, commit, observed, ...deployed('one', 220), ...deployed('two', 225)]
    const known = [other, ...whole, alien, ...deployed('else', 226)]
    const inTime = whole.toSorted((one, another) => one.time - another.time)

    it.each<[string, DeploymentName]>([
      ['its name and tag', { by: 'image', image }],
      ['the commit that it was built from', { by: 'commit', commit: 'c0de' }],
    ])('AU.1 leads from %s to the verdict on each cluster, and to nothing else that the commit did', (_, name) => {
      expect(idsOf(trace(name, known).hops)).toEqual(idsOf(inTime))
    })

    it('AU.1 leads from one of its applications back to the push', () => {
      const hops = trace({ by: 'application', uid: 'app-two' }, known).hops
      expect(idsOf(hops)).toEqual(idsOf(inTime.filter(({ application }) => application !== 'app-one')))
    })

    it('tells of an image that no policy admits', () => {
      const refused = [pushed, built, { ...taken[0]!, outcome: 'refused' }]
      expect(idsOf(trace({ by: 'image', image }, refused).hops)).toEqual(idsOf(refused))
    })

    it('tells of the time that a tag was pushed and taken, not of a push that changed nothing', () => {
      const again = { ...built, id: 'again', time: 900, causes: [] }
      expect(idsOf(trace({ by: 'image', image }, [...known, again]).hops)).toEqual(idsOf(inTime))
    })
  })
})
