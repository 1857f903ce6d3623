import type { Drift, Push, Sighting, Story } from './ledger'

/** Applied: its number was seen. Superseded: never that, but a newer one was. */
type Fate = 'applied' | 'superseded' | 'missing'

/** What became of a push, and how long after it was told its number, or a newer one, was there. */
export interface FatedPush extends Push {
  readonly fate: Fate
  readonly afterMs: number
}

/** What became of a change by hand; undefined while it stands. */
export interface FatedDrift extends Drift {
  readonly afterMs: number | undefined
}

/** What became of all that was done to one application. */
export interface Account {
  readonly pushes: readonly FatedPush[]
  readonly drifts: readonly FatedDrift[]
  /** What can not be explained, in words. */
  readonly findings: readonly string[]
}

/** Accounts for everything that was done to one application by what was seen of its object. */
export function accountOf(story: Story): Account {
  const pushes = story.pushes.map((push) => fateOf(push, story.sightings))
  const drifts = story.drifts.map((drift) => ({ ...drift, afterMs: putBack(drift, story.sightings) }))
  const missing = pushes.filter(({ fate }) => fate === 'missing').map(describeMissing)
  const standing = drifts.filter(({ afterMs }) => afterMs === undefined).map(describeStanding)
  const findings = [...missing, ...standing, ...endOf(story), ...orderOf(story), ...generationsOf(story)]
  return { pushes, drifts, findings }
}

/** Whether everything pushed and changed by hand so far is over. */
export function isSettled({ pushes, sightings }: Story): boolean {
  const [last, seen] = [pushes.at(-1), sightings.at(-1)]
  return seen !== undefined && !seen.isByHand && seen.number >= (last?.number ?? 0)
}

function fateOf(push: Push, sightings: readonly Sighting[]): FatedPush {
  const seen = sightings.find(({ number }) => number >= push.number)
  if (!seen) return { ...push, fate: 'missing', afterMs: Infinity }
  return { ...push, fate: seen.number === push.number ? 'applied' : 'superseded', afterMs: seen.at - push.toldAt }
}

function putBack({ generation, madeAt }: Drift, sightings: readonly Sighting[]): number | undefined {
  const back = sightings.find((seen) => seen.generation > generation && !seen.isByHand)
  return back && back.at - madeAt
}

function endOf({ application, pushes, sightings }: Story): string[] {
  const [expected, found] = [pushes.at(-1)?.number, sightings.at(-1)]
  if (expected === undefined || (found?.number === expected && !found.isByHand)) return []
  const state = found ? `${String(found.number)}${found.isByHand ? ', changed by hand' : ''}` : 'nothing'
  return [`${application}: its object is at ${state}, the last commit says ${String(expected)}`]
}

/** An older release after a newer one, or an object that was deleted and made again. */
function orderOf({ application, sightings }: Story): string[] {
  return sightings.flatMap((seen, index) => {
    const before = sightings[index - 1]
    if (!before) return []
    if (before.uid !== seen.uid) return [`${application}: its object was deleted and made again`]
    if (before.number > seen.number)
      return [`${application}: went back from ${String(before.number)} to ${String(seen.number)}`]
    return []
  })
}

/** Each applied number and each change by hand explain one generation, and so does putting the latter back. */
function generationsOf({ application, drifts, sightings }: Story): string[] {
  const [first, last] = [sightings.at(0), sightings.at(-1)]
  if (!first || !last) return []
  const applied = new Set(sightings.map(({ number }) => number)).size - 1
  const [found, explained] = [last.generation - first.generation, applied + 2 * drifts.length]
  if (found <= explained) return []
  return [
    `${application}: ${String(found)} generations for ${String(applied)} applied pushes and ${String(drifts.length)} changes by hand`,
  ]
}

function describeMissing({ application, number, commit }: Push): string {
  return `${application}: push ${String(number)} (${commit.slice(0, 10)}) was neither applied nor superseded`
}

function describeStanding({ application, generation }: Drift): string {
  return `${application}: what was changed by hand in generation ${String(generation)} was not put back`
}
