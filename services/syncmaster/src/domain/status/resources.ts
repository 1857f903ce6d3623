import type { ResourceStatus } from '../application/application-status'
import { SyncOptions } from '../application/policy'
import { compareRefs } from '../compare-refs'
import { isDesired, type Change } from '../plan/change'
import type { ObjectOutcome } from '../sync/outcome'
import { needed, type Work } from '../sync/work'
import { objectHealth, type JudgedObject } from './health'

/** One object after all that was done: what it should be, and whether it is. */
export interface ResourceView {
  readonly change: Change
  readonly isSynced: boolean
  readonly isGone: boolean
  readonly judged: JudgedObject
}

/** How each object stands after what was done. */
export function viewResources(work: Work): ResourceView[] {
  const outcomes = new Map(
    work.outcome?.sync?.dryRun ? [] : (work.outcome?.objects ?? []).map((outcome) => [outcome.change.key, outcome]),
  )
  return needed(work.changes).map((change) => viewResource(work, change, outcomes.get(change.key)))
}

function viewResource(work: Work, change: Change, outcome: ObjectOutcome | undefined): ResourceView {
  const isDone = outcome !== undefined && !outcome.isPast && outcome.result !== 'failed' && outcome.result !== 'skipped'
  const isGone = change.action === 'delete' && isDone
  const isSynced = isDesired(change) ? change.action === 'unchanged' || isDone : isGone
  return { change, isSynced, isGone, judged: judgedObject(work, change) }
}

/** An object as what is known of its health is about it. */
export function judgedObject(work: Work, change: Change): JudgedObject {
  const cluster = needed(work.cluster).name
  const live = work.ports.live.index.find(cluster, change.key)
  const applied = work.account.applied.get(change.key)
  return {
    ref: change.ref,
    uid: live?.uid ?? applied?.uid ?? '',
    generation: applied?.generation ?? live?.generation ?? 0,
    isLive: live !== undefined || change.desired?.tracked === false,
    verdict: work.ports.verdicts.ofObject(work.uid, change.ref),
  }
}

/** The list of objects in the status, sorted by group, kind, namespace and name. */
export function resourceStatuses(work: Work, views: readonly ResourceView[]): ResourceStatus[] {
  return views
    .filter((view) => !view.isGone)
    .toSorted((a, b) => compareRefs(a.change.ref, b.change.ref))
    .map((view) => resourceStatus(work, view))
}

function resourceStatus(work: Work, { change, isSynced, judged }: ResourceView): ResourceStatus {
  const { group, version, kind, namespace, name } = change.ref
  const isHook = change.action === 'skip'
  const health = isHook ? undefined : objectHealth(judged)
  return {
    ...(group === '' ? {} : { group }),
    version,
    kind,
    ...(namespace === '' ? {} : { namespace }),
    name,
    ...(isHook ? { hook: true } : { status: isSynced ? 'Synced' : 'OutOfSync' }),
    ...(health ? { health } : {}),
    ...(change.wave === 0 ? {} : { syncWave: change.wave }),
    ...(!isDesired(change) && !isHook ? { requiresPruning: true } : {}),
    ...(asksForApproval(change) ? { requiresDeletionConfirmation: true } : {}),
  }
}

function asksForApproval({ live, desired }: Change): boolean {
  const options = live ? SyncOptions.ofAnnotation(live.syncOptions) : desired?.options
  return options?.get('Prune') === 'confirm' || options?.get('Delete') === 'confirm'
}

/** Whether the application as a whole is in sync; surplus that nobody minds does not count. */
export function isInSync(views: readonly ResourceView[]): boolean {
  return views.every(({ change, isSynced, isGone }) => {
    const isMinded = isDesired(change) ? change.action !== 'skip' : change.live?.ignoreExtraneous !== true
    return isSynced || isGone || !isMinded
  })
}
