import { nameOf } from '@k8or/kube-objects'
import { describeDrift, formatDrift, type DriftDescription } from '../drift/describe-drift'
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
  announceDrifts(work, drifts, true)
  if (allowed.length === 0) {
    noteHeal(work, 'waits to heal', 'drifts too often', drifts)
    return undefined
  }
  const detected = new Map(allowed.map((drift) => [drift.key, driftFact(work, drift)]))
  const told = new Map(allowed.map((drift) => [drift.key, tellDrift(work, drift)]))
  const objects = await applyChanges(work, allowed, { prune: false, pruneHeld: undefined })
  announceRepairs(work, objects, detected)
  const end = summarize(objects)
  noteFailures(work, end.phase === 'Failed')
  noteEnd(work, objects, end.message, told)
  await work.settleWrites()
  return { objects, ...end, sync: undefined, finishedAt: work.now.toISOString() }
}

/** What a repair was about, told before it is made: afterwards nothing shows it any more. */
function tellDrift(work: Work, drift: DesiredChange): string {
  const body = work.ports.live.index.bodyOf(needed(work.cluster).name, drift.key)
  const told: DriftDescription = body ? describeDrift(drift.desired.object, body) : { fields: [], manager: '' }
  return formatDrift(nameOf(drift.ref), kindOf(drift), told)
}

function kindOf(drift: Change): 'changed' | 'deleted' {
  return drift.cause === 'deleted' ? 'deleted' : 'changed'
}

function noteEnd(
  work: Work,
  objects: readonly ObjectOutcome[],
  message: string,
  told: ReadonlyMap<string, string>,
): void {
  const healed = objects.filter(({ result }) => result !== 'failed')
  if (healed.length < objects.length) return note(work, 'heal failed', message)
  const [first, ...others] = healed.map(({ change }) => told.get(change.key) ?? nameOf(change.ref))
  note(work, 'healed', `put back ${first ?? ''}${others.length > 0 ? `; and ${others.length} more objects` : ''}`)
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
  const { live, clusters, announcer } = work.ports
  const cluster = needed(work.cluster).name
  const body =
    live.index.bodyOf(cluster, drift.key) ??
    (drift.live ? await clusters.get(cluster, drift.ref, work.signal).catch(() => undefined) : undefined)
  const told = body ? describeDrift(drift.desired.object, body) : { fields: [], manager: '' }
  const how = { kind: kindOf(drift), ...told, willHeal }
  await announcer.driftDetected(causeOf(work, healer), driftFact(work, drift), how)
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

/** `detected` tells each drift as it was announced: what is remembered of an object made anew is another one already. */
function announceRepairs(
  work: Work,
  objects: readonly ObjectOutcome[],
  detected: ReadonlyMap<string, DriftFact>,
): void {
  for (const object of objects) {
    const failure = object.result === 'failed' ? object.message : undefined
    const about = { application: work.instance, cluster: needed(work.cluster).name }
    work.ports.signals.healed({ ...about, object: nameOf(object.change.ref), failure })
    if (failure !== undefined) continue
    const { key } = object.change
    const cluster = needed(work.cluster).name
    const live = work.ports.live.index.find(cluster, key)
    const repaired = {
      ...driftFact(work, object.change),
      uid: object.uid,
      resourceVersion: live?.resourceVersion ?? '',
    }
    const cause = driftDetectedId(work.uid, detected.get(key) ?? driftFact(work, object.change))
    work.write(work.ports.announcer.driftRepaired(causeOf(work, healer), repaired, cause))
    work.memory.announcedDrifts.delete(key)
  }
}

function noteFailures(work: Work, hasFailed: boolean): void {
  const { memory } = work
  memory.failedHeals = hasFailed ? memory.failedHeals + 1 : 0
  const waitMs = hasFailed ? failedHealWaitMs(memory.failedHeals) : 0
  memory.healAgainMs = hasFailed ? work.now.getTime() + waitMs : 0
  if (hasFailed) work.lookAgain = { delayMs: waitMs, reason: 'a heal failed' }
}
