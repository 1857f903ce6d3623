import { keyOf, nameOf, type KubeObject } from '@k8or/kube-objects'
import { describeError, Later } from '@k8or/outcome'
import { describeDrift, formatDrift } from '../drift/describe-drift'
import type { OpenHeal } from '../drift/open-heal'
import { failedHealWaitMs } from '../drift/token-bucket'
import { isDesired, isDrift, type Change, type DesiredChange } from '../plan/change'
import type { DriftFact } from '../fact/announcer'
import { driftDetectedId } from '../fact/fact-ids'
import { applyChanges } from './apply-changes'
import type { ObjectOutcome, Outcome } from './outcome'
import { summarize } from './outcome'
import { causeOf } from '../fact/sync-cause'
import { needed, type Work } from './work'

const healer = 'policy:self-heal'

/** Puts drifted objects back, those alone, as often as the allowance of each permits. */
export async function heal(work: Work): Promise<Outcome | undefined> {
  const drifts = driftsOf(work)
  const nowMs = work.now.getTime()
  if (work.memory.healAgainMs > nowMs) {
    work.lookAgain = { delayMs: work.memory.healAgainMs - nowMs, reason: 'heals that failed are tried again' }
    announceDrifts(work, drifts, false)
    noteHeal(work, 'waits to heal', 'heals failed before, and are tried again', drifts)
    return undefined
  }
  const allowed = drifts.filter((drift) => isAllowed(work, drift, nowMs))
  if (allowed.length === 0) {
    announceDrifts(work, drifts, true)
    noteHeal(work, 'waits to heal', 'drifts too often', drifts)
    return undefined
  }
  // What a repair was about is noted before it is made: afterwards nothing shows it any more.
  const heals = new Map(allowed.map((drift) => [drift.key, openHeal(work, drift)]))
  const noted = work.account.saveHeals([...work.account.heals, ...heals.values()])
  announceDrifts(work, drifts, true)
  await noted
  const objects = await applyChanges(work, allowed, { prune: false, pruneHeld: undefined })
  announceRepairs(work, objects, heals)
  const end = summarize(objects)
  noteFailures(work, end.phase === 'Failed')
  await work.settleWrites()
  work.account.endHeals([...heals.values()])
  noteEnd(work, objects, end.message, heals)
  await work.settleWrites()
  return { objects, ...end, sync: undefined, finishedAt: work.now.toISOString() }
}

/**
 * Tells what could not be told of earlier heals, by a process that was killed or while the bus was away: that the drift was
 * seen, and that it was put back. What can not be told now either is told later, and holds nothing up.
 */
export async function tellOpenHeals(work: Work): Promise<void> {
  const { account } = work
  const told = new Set<OpenHeal>()
  try {
    const tell = (heal: OpenHeal) => tellHeal(work, heal).then(() => told.add(heal))
    const results = await Promise.allSettled(account.heals.map(tell))
    // More may be healed meanwhile, and is told by whoever heals it.
    if (told.size > 0) await account.saveHeals(account.heals.filter((heal) => !told.has(heal)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  } catch (error) {
    // The bus tells itself that it is away.
    if (!(error instanceof Later))
      work.ports.signals.healUntold({ application: work.instance, message: describeError(error) })
    work.lookAgain ??= { delayMs: 15_000, reason: 'a heal could not be told of' }
  }
}

async function tellHeal(work: Work, { drift, how }: OpenHeal): Promise<void> {
  const key = keyOf(drift.object)
  const live = work.ports.live.index.find(drift.cluster, key)
  const detected = work.ports.announcer.driftDetected(causeOf(work, healer), drift, how)
  const isPutBack = live && live.projection === work.account.applied.get(key)?.projectionDigest
  await Promise.all(isPutBack ? [detected, announceRepair(work, drift, live)] : [detected])
}

function openHeal(work: Work, drift: DesiredChange): OpenHeal {
  return tellingOf(work, drift, { body: watchedBody(work, drift), willHeal: true })
}

/** All that the facts of a drift tell, by what the object is now; of one that is gone, or can not be read, there is no body. */
function tellingOf(
  work: Work,
  drift: DesiredChange,
  { body, willHeal }: { readonly body: KubeObject | undefined; readonly willHeal: boolean },
): OpenHeal {
  const told = body ? describeDrift(drift.desired.object, body) : { fields: [], manager: '' }
  return { drift: driftFact(work, drift), how: { kind: kindOf(drift), ...told, willHeal } }
}

function watchedBody(work: Work, { key }: Change): KubeObject | undefined {
  return work.ports.live.index.bodyOf(needed(work.cluster).name, key)
}

function kindOf(drift: Change): 'changed' | 'deleted' {
  return drift.cause === 'deleted' ? 'deleted' : 'changed'
}

function noteEnd(
  work: Work,
  objects: readonly ObjectOutcome[],
  message: string,
  heals: ReadonlyMap<string, OpenHeal>,
): void {
  const healed = objects.filter(({ result }) => result !== 'failed')
  if (healed.length < objects.length) return note(work, 'heal failed', message)
  const [first, ...others] = healed.map(({ change: { key, ref } }) => describeHeal(nameOf(ref), heals.get(key)))
  note(work, 'healed', `put back ${first ?? ''}${others.length > 0 ? `; and ${others.length} more objects` : ''}`)
}

function describeHeal(object: string, heal: OpenHeal | undefined): string {
  return heal ? formatDrift(object, heal.how.kind, heal.how) : object
}

function noteHeal(work: Work, decision: string, reason: string, [first, ...others]: readonly DesiredChange[]): void {
  if (!first) return
  const more = others.length > 0 ? ` and ${others.length} more objects` : ''
  note(work, decision, `${nameOf(first.ref)}${more}: ${reason}`)
}

/** A heal is no sync: for whoever asks why, this is where it is told of. */
function note(work: Work, decision: string, reason: string): void {
  work.write(work.account.noteDecision(decision, reason, needed(work.release).release))
}

/** The objects that somebody changed or deleted, without those that another application of the mesh took over. */
export function driftsOf(work: Work): DesiredChange[] {
  return needed(work.changes)
    .filter((change) => isDrift(change) && (change.action === 'create' || change.action === 'configure'))
    .filter(isDesired)
    .filter(({ live }) => !live || live.instance === '' || live.instance === work.instance)
}

function isAllowed(work: Work, drift: Change, nowMs: number): boolean {
  const waitMs = work.settings.healBuckets.take(`${work.uid} ${drift.key}`, nowMs)
  if (waitMs === 0) return true
  work.lookAgain = { delayMs: waitMs, reason: 'an object drifts too often' }
  return false
}

/** Announces each drift once, whether or not it is put back. */
export function announceDrifts(work: Work, drifts: readonly DesiredChange[], willHeal: boolean): void {
  for (const drift of drifts) {
    const version = drift.live?.resourceVersion ?? 'gone'
    if (work.memory.announcedDrifts.get(drift.key) === version) continue
    work.memory.announcedDrifts.set(drift.key, version)
    work.write(announceDrift(work, drift, willHeal))
  }
}

async function announceDrift(work: Work, drift: DesiredChange, willHeal: boolean): Promise<void> {
  const body = watchedBody(work, drift) ?? (await askedBody(work, drift))
  const told = tellingOf(work, drift, { body, willHeal })
  await work.ports.announcer.driftDetected(causeOf(work, healer), told.drift, told.how)
}

async function askedBody(work: Work, { live, ref }: Change): Promise<KubeObject | undefined> {
  if (!live) return undefined
  return work.ports.clusters.get(needed(work.cluster).name, ref, work.signal).catch(() => undefined)
}

function driftFact(work: Work, drift: Change): DriftFact {
  const applied = work.account.applied.get(drift.key)
  return {
    release: needed(work.release).release,
    cluster: needed(work.cluster).name,
    object: drift.ref,
    uid: drift.live?.uid ?? applied?.uid ?? '',
    resourceVersion: drift.live?.resourceVersion ?? '',
  }
}

function announceRepairs(work: Work, objects: readonly ObjectOutcome[], heals: ReadonlyMap<string, OpenHeal>): void {
  const cluster = needed(work.cluster).name
  for (const { change, result, message, uid } of objects) {
    const failure = result === 'failed' ? message : undefined
    work.ports.signals.healed({ application: work.instance, cluster, object: nameOf(change.ref), failure })
    if (failure !== undefined) continue
    const { resourceVersion = '' } = work.ports.live.index.find(cluster, change.key) ?? {}
    // Told as it was announced: what is remembered of an object made anew is another one already.
    const drift = heals.get(change.key)?.drift ?? driftFact(work, change)
    work.write(announceRepair(work, drift, { uid, resourceVersion }))
    work.memory.announcedDrifts.delete(change.key)
  }
}

function announceRepair(work: Work, drift: DriftFact, { uid, resourceVersion }: Repaired): Promise<void> {
  const repaired = { ...drift, release: needed(work.release).release, uid, resourceVersion }
  const cause = driftDetectedId(work.uid, drift)
  return work.ports.announcer.driftRepaired(causeOf(work, healer), repaired, cause)
}

/** The object as the repair left it. */
type Repaired = Pick<DriftFact, 'uid' | 'resourceVersion'>

function noteFailures(work: Work, hasFailed: boolean): void {
  const { memory } = work
  memory.failedHeals = hasFailed ? memory.failedHeals + 1 : 0
  const waitMs = hasFailed ? failedHealWaitMs(memory.failedHeals) : 0
  memory.healAgainMs = hasFailed ? work.now.getTime() + waitMs : 0
  if (hasFailed) work.lookAgain = { delayMs: waitMs, reason: 'a heal failed' }
}
