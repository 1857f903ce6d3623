import { rollbackStarted } from '@k8or/contracts'
import type { FactIndex } from './fact-index'
import { followImage, type ImageStory } from './follow-image'
import type { IndexedFact } from './indexed-fact'

/** Which deployment: an application's newest one, a commit's, one sync, or what an image led to. */
export type DeploymentName =
  | { readonly by: 'application'; readonly uid: string }
  | { readonly by: 'commit'; readonly commit: string }
  | { readonly by: 'sync'; readonly sync: string }
  /** `name:tag`, the name written out. */
  | { readonly by: 'image'; readonly image: string }

const aboutReleases = new Set(['release.rendered', 'release.failed'])
const isFinal = new Set(['Healthy', 'Degraded'])

/** All facts of a deployment, from what caused it to the verdict on it. Empty when nothing is known of it. */
export function findDeployment(index: FactIndex, name: DeploymentName): IndexedFact[] {
  const { facts, releases } = beginningOf(index, name)
  const parts = releases.flatMap((release) => consequences(index, release, name))
  return unique([...ancestors(index, [...facts, ...releases], name), ...parts])
}

function beginningOf(index: FactIndex, name: DeploymentName): ImageStory {
  if (name.by === 'image') return followImage(index, name.image)
  const releases = releasesOf(index, name)
  if (name.by !== 'commit' || releases.length > 0) return { facts: [], releases }
  const told = index.ofCommit(name.commit)
  // A commit of a program: what was built from it is what was deployed.
  const built = told.findLast(({ fact }) => fact === 'image.built')
  const story = built === undefined ? { facts: [], releases: [] } : followImage(index, built.image)
  return { ...story, facts: [...told, ...story.facts] }
}

function releasesOf(index: FactIndex, name: Exclude<DeploymentName, { by: 'image' }>): IndexedFact[] {
  switch (name.by) {
    case 'application':
      return newestOf(aboutReleases, (fact) => index.newest(name.uid, fact)).flatMap((newest) =>
        firstTold(index, newest),
      )
    case 'commit':
      return firstOfEach(index.ofCommit(name.commit).filter(({ fact }) => aboutReleases.has(fact)))
    case 'sync':
      return firstOfEach(index.ofSync(name.sync)).flatMap((sync) => firstTold(index, sync))
  }
}

/** A release is told of again where renderings after it failed for a while: its deployment follows the first time. */
function firstTold(index: FactIndex, about: IndexedFact): IndexedFact[] {
  if (about.fact === 'release.failed') return [about]
  const told = index.ofRelease(about.application, about.release)
  return told.filter(({ fact }) => fact === 'release.rendered').slice(0, 1)
}

function newestOf(facts: ReadonlySet<string>, newest: (fact: string) => IndexedFact | undefined): IndexedFact[] {
  const found = [...facts].flatMap((fact) => newest(fact) ?? [])
  return found.toSorted((one, other) => other.sequence - one.sequence).slice(0, 1)
}

/** A commit may be rendered again, for another reason: its deployment is the first time. */
function firstOfEach(facts: readonly IndexedFact[]): IndexedFact[] {
  const seen = new Set<string>()
  return facts.filter(({ application }) => !seen.has(application) && seen.add(application))
}

/** One commit may carry what many applications decided on many images: of that, only what led here is told. */
function ancestors(index: FactIndex, of: readonly IndexedFact[], name: DeploymentName): IndexedFact[] {
  const applications = new Set(of.map(({ application }) => application).filter(Boolean))
  const ledHere = ({ application, image }: IndexedFact) =>
    (application === '' || applications.size === 0 || applications.has(application)) &&
    (image === '' || name.by !== 'image' || image === name.image)
  const found = new Map(of.map((fact) => [fact.id, fact]))
  for (let ids = causesOf(of); ids.length > 0;) {
    const facts = index.byIds(ids).filter((fact) => !found.has(fact.id) && ledHere(fact))
    for (const fact of facts) found.set(fact.id, fact)
    ids = causesOf(facts)
  }
  return [...[...found.values()].flatMap((fact) => webhookOf(index, fact)), ...found.values()]
}

/** Whoever is killed between a webhook and the look that it asks for looks without it: the commit leads back to it. */
function webhookOf(index: FactIndex, { fact, causes, commits, repository, time }: IndexedFact): IndexedFact[] {
  if (fact !== 'revision.observed' || causes.length > 0) return []
  const told = commits
    .flatMap((commit) => index.ofCommit(commit))
    .filter((one) => one.fact === 'delivery.received' && one.repository === repository && one.time <= time)
  return told.slice(-1)
}

function causesOf(facts: readonly IndexedFact[]): string[] {
  return facts.flatMap(({ causes }) => causes)
}

/** What a release led to: its first syncs until one succeeded, their calls to the cluster, and the verdict after them. */
function consequences(index: FactIndex, release: IndexedFact, name: DeploymentName): IndexedFact[] {
  if (release.fact !== 'release.rendered') return []
  const all = index.ofRelease(release.application, release.release)
  const syncFacts = all.filter(({ fact }) => fact.startsWith('sync.'))
  const syncs = name.by === 'sync' ? syncFacts.filter(({ sync }) => sync === name.sync) : untilSuccess(syncFacts)
  const [first, last] = [syncs.at(0), syncs.at(-1)]
  if (first === undefined || last === undefined) return []
  const isOver = last.fact === 'sync.finished'
  const calls = all.filter((fact) => isCall(fact) && fact.time >= first.time && (!isOver || fact.time <= last.time))
  const back = name.by === 'sync' ? index.ofSync(name.sync).filter(isRollback) : rollbackFrom(index, release)
  return [...syncs, ...calls, ...(isOver ? verdictAfter(index, release, last) : []), ...back]
}

/** How a release was left for an earlier one: the rollback, its sync, and the verdict after it. */
function rollbackFrom(index: FactIndex, { application, release, time }: IndexedFact): IndexedFact[] {
  const rollbacks = index.during(application, 'rollback.started', { from: time, to: Infinity })
  const started = rollbacks.find(({ data }) => rollbackStarted.schema.safeParse(data).data?.from === release)
  if (started === undefined) return []
  const facts = index.ofSync(started.sync)
  const over = facts.findLast(({ fact }) => fact === 'sync.finished')
  return [...facts, ...(over === undefined ? [] : verdictAfter(index, started, over))]
}

function isRollback({ fact }: IndexedFact): boolean {
  return fact.startsWith('rollback.')
}

function untilSuccess(syncs: readonly IndexedFact[]): IndexedFact[] {
  const success = syncs.findIndex(({ fact, outcome }) => fact === 'sync.finished' && outcome === 'Succeeded')
  return success < 0 ? [...syncs] : syncs.slice(0, success + 1)
}

function isCall({ fact, outcome }: IndexedFact): boolean {
  return fact === 'access.recorded' && outcome === 'outcome'
}

function verdictAfter(index: FactIndex, { application, release }: IndexedFact, { time }: IndexedFact): IndexedFact[] {
  const later = index.during(application, 'sync.started', { from: time, to: Infinity })
  const next = later.find((fact) => fact.release !== release)
  const verdicts = index.during(application, 'health.changed', { from: time, to: next?.time ?? Infinity })
  return verdicts.filter(({ outcome }) => isFinal.has(outcome)).slice(0, 1)
}

function unique(facts: readonly IndexedFact[]): IndexedFact[] {
  return [...new Map(facts.map((fact) => [`${fact.stream} ${fact.sequence}`, fact])).values()]
}
