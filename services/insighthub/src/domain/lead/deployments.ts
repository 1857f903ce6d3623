import type { Deployment, LeadFacts, Link, Milestone, Passed, Step } from './milestones'

/** So many releases of an application tell how it goes. */
const mostReleases = 100
const afterRelease = ['sync.planned', 'sync.started', 'sync.finished', 'health.changed']
const final = new Set(['Healthy', 'Degraded'])

/** The deployments of an application since then, the oldest first; what was released and never planned is none. */
export function findDeployments(index: LeadFacts, application: string, since: number): Deployment[] {
  const releases = firstTold(index.newestLinks(application, 'release.rendered', since, mostReleases))
  const [oldest] = releases
  if (oldest === undefined) return []
  const after = index.steps(application, afterRelease, oldest.time)
  const byRelease = Map.groupBy(after, ({ release }) => release)
  const before = beforeRelease(index, application, releases)
  const verdictOn = verdictsIn(after)
  return releases.flatMap((release) => {
    const { planned, applied } = syncOf(byRelease.get(release.release) ?? [], release)
    const { cluster } = planned ?? applied ?? { cluster: '' }
    if (cluster === '') return []
    const verdict = applied && verdictOn(applied)
    const healthy = verdict?.outcome === 'Healthy' ? verdict : undefined
    const passed = { released: release.time, ...at('planned', planned), ...at('applied', applied) }
    return [{ cluster, passed: { ...before(release), ...passed, ...at('healthy', healthy) } }]
  })
}

/** A release is told of again where renderings after it failed for a while. */
function firstTold(rendered: readonly Link[]): Link[] {
  const first = new Map<number, Link>()
  for (const fact of rendered) if (!first.has(fact.release)) first.set(fact.release, fact)
  return [...first.values()]
}

function syncOf(own: readonly Step[], { time }: Link) {
  const since = own.filter((fact) => fact.time >= time)
  return {
    planned: since.find(({ fact }) => fact === 'sync.planned'),
    applied: since.find(({ fact, outcome }) => fact === 'sync.finished' && outcome === 'Succeeded'),
  }
}

/** Finds the verdict that a deployment ends with: the first one after its sync, and before a sync of another release. */
function verdictsIn(after: readonly Step[]) {
  const starts = after.filter(({ fact }) => fact === 'sync.started')
  const verdicts = after.filter(({ fact, outcome }) => fact === 'health.changed' && final.has(outcome))
  return ({ release, time }: Step): Step | undefined => {
    const next = starts.find((start) => start.time >= time && start.release !== release)?.time ?? Infinity
    return verdicts.find((verdict) => verdict.time >= time && verdict.time < next)
  }
}

function at(milestone: Milestone, fact: Step | undefined): Passed {
  return fact === undefined ? {} : { [milestone]: fact.time }
}

/** When what led to a release was passed, by what it names as its causes. */
function beforeRelease(index: LeadFacts, application: string, releases: readonly Link[]) {
  const declared = index.steps(application, ['application.declared'], 0)
  const known = new Map<string, Link>()
  for (let facts = releases; facts.length > 0;) {
    const ids = facts.flatMap(({ causes }) => causes).filter((id) => !known.has(id))
    facts = index.linksByIds(ids).filter((fact) => fact.application === '' || fact.application === application)
    for (const fact of facts) known.set(fact.id, fact)
  }
  const causesOf = (name: string, of: readonly Link[]) =>
    of.flatMap(({ causes }) => causes.flatMap((id) => known.get(id) ?? [])).filter(({ fact }) => fact === name)
  const taken = new Set<string>()
  return (release: Link): Passed => {
    const observed = causesOf('revision.observed', [release]).at(-1)
    // A release may be of a revision that was there already: then it was not waited for.
    const isOld = declared.some(({ time }) => observed && time > observed.time && time <= release.time)
    if (observed === undefined || isOld || taken.has(observed.id)) return {}
    taken.add(observed.id)
    const committed = causesOf('commit.pushed', [observed])
    const built = causesOf('image.built', causesOf('image.considered', committed))
    const received = causesOf('delivery.received', built.length > 0 ? built : [observed])
    return {
      ...earliest('received', received),
      ...earliest('built', built),
      ...earliest('committed', committed),
      observed: observed.time,
    }
  }
}

/** Where one commit carries several images, the one that waited longest counts. */
function earliest(milestone: Milestone, facts: readonly Link[]): Passed {
  return facts.length === 0 ? {} : { [milestone]: Math.min(...facts.map(({ time }) => time)) }
}
