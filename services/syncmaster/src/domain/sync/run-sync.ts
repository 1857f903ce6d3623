import type { SyncStarted } from '@k8or/contracts'
import type { Operation } from '../application/application'
import { canonicalJson } from '@k8or/kube-objects'
import { isDesired, type Change } from '../plan/change'
import { isCustomResourceDefinition } from '../plan/desired'
import { countChanges } from '../plan/change-set'
import type { Cause, RollbackFact, SyncFact } from '../ports'
import { holdOf } from '../application/hold'
import { whyHeld } from '../rollback/hold-back'
import { rollbackOf } from '../rollback/request-rollback'
import { applyChanges, describeApplied, whyKept, type ApplyMode } from './apply-changes'
import type { Decision } from './decide'
import { whyStopped } from './emergency-stop'
import { endAbandoned } from './end-abandoned'
import { ensureNamespace } from './ensure-namespace'
import { summarize, syncedObjects, type End, type ObjectOutcome, type Outcome } from './outcome'
import { rehearse } from './rehearse'
import { reportRunning } from './steps/report'
import { nextRetryMs, retryPlan } from './retry'
import { syncName, type SyncPointer } from './sync-pointer'
import { firstProgress, runWaves, type WavedSync } from './run-waves'
import { isPartial, selectedChanges, whyNothingSelected } from './selection'
import { whyNotSynced } from './unsupported'
import { needed, type Work } from './work'

type SyncDecision = Extract<Decision, { kind: 'sync' }>

/** Carries a plan out as one sync: announces it, applies, and says how it ended. May be repeated at any point. */
export async function runSync(work: Work, decision: SyncDecision): Promise<Outcome> {
  const operation = work.application.operation
  const refusal =
    operation &&
    !decision.resume &&
    (whyHeld(work.application, operation) ??
      refusedOperation(work, operation) ??
      whyNothingSelected(work) ??
      whyStoppedNow(work, operation) ??
      whyNotSynced(work))
  const pointer = beginSync(work, decision)
  if (refusal) return refused(work, pointer, refusal)
  if (pointer.dryRun) return endRehearsal(work, pointer)
  if (!decision.resume) noteSuperseded(work, pointer)
  const mode = { prune: pointer.prune, pruneHeld: operation ? undefined : work.pruneHeld, sync: pointer.sync }
  const progress = decision.resume ? pointer.progress : firstProgress(work, mode)
  const begun = progress ? { ...pointer, progress } : pointer
  if (!progress?.isAnnounced) await begin(work, begun, mode)
  return isWaved(begun) ? carryOnWaves(work, begun, mode) : applyAll(work, begun, mode)
}

function isWaved(pointer: SyncPointer): pointer is WavedSync {
  return pointer.progress !== undefined
}

async function begin(work: Work, pointer: SyncPointer, mode: ApplyMode): Promise<void> {
  const isSetBack = pointer.setbacks > (work.account.sync?.setbacks ?? 0)
  announceStart(work, pointer, mode)
  // Before the gate has seen a step back it must be on record: nobody may forget it and go on as if it had not been.
  if (isSetBack) await work.settleWrites()
  if (isLong(work)) work.write(reportRunning(work, pointer))
  work.ports.applications.note(work.application, startNote(work, pointer))
}

async function applyAll(work: Work, pointer: SyncPointer, mode: ApplyMode): Promise<Outcome> {
  const changes = selectedChanges(work)
  const namespace = await ensureNamespace(work)
  const applied = await applyChanges(work, changes, mode)
  const objects = [...namespace, ...applied, ...changes.flatMap(untouched)]
  return endSync(work, pointer, mode, { objects, end: summarize(objects) })
}

async function carryOnWaves(work: Work, begun: WavedSync, mode: ApplyMode): Promise<Outcome> {
  const { sync, objects, end, message } = await runWaves(work, begun, mode)
  if (end) return endSync(work, sync, mode, { objects, end })
  // The start is stored before anything says so.
  await work.settleWrites()
  const since = sync.progress.since || work.now.toISOString()
  const waiting = { ...sync, message, progress: { ...sync.progress, since, isAnnounced: true } }
  if (canonicalJson(work.account.sync?.progress) !== canonicalJson(waiting.progress))
    await work.account.saveSync(waiting)
  work.write(work.account.noteDecision('waits', message, begun.release))
  return { objects, phase: 'Running', message, sync: waiting, finishedAt: '' }
}

/** A dry run changes nothing: it may be asked for while everything stands still. */
function whyStoppedNow(work: Work, { sync }: Operation): string | undefined {
  return sync?.dryRun ? undefined : whyStopped(work, needed(work.cluster).name)
}

/** What can not be done at all was no try of the release: it leaves no trace but in the status. */
function refused(work: Work, begun: SyncPointer, message: string): Outcome {
  const sync: SyncPointer = { ...begun, phase: 'Error', message, finishedAt: work.now.toISOString() }
  return { objects: [], phase: 'Error', message, sync, finishedAt: sync.finishedAt }
}

/** A dry run is no sync: nobody else hears of it. */
async function endRehearsal(work: Work, begun: SyncPointer): Promise<Outcome> {
  const changes = selectedChanges(work)
  const open = changes.filter(({ action }) => action !== 'unchanged' && action !== 'skip')
  const objects = [...(await rehearse(work, open, begun.prune)), ...changes.flatMap(untouched)]
  const { phase, message } = summarize(objects)
  const sync: SyncPointer = { ...begun, phase, message, finishedAt: work.now.toISOString() }
  return { objects, phase, message, sync, finishedAt: sync.finishedAt }
}

const longFrom = 20

/** Whether a sync will take long enough for people to see it run; a short one is told once, when it has ended. */
function isLong(work: Work): boolean {
  const changes = selectedChanges(work).filter((change) => change.action !== 'unchanged')
  return changes.length >= longFrom || changes.some((change) => isCustomResourceDefinition(change.ref))
}

function refusedOperation(work: Work, { sync }: Operation): string | undefined {
  if (!sync) return 'the operation asks for nothing; set operation.sync'
  if (sync.manifests?.length) return 'syncing local manifests is not supported yet; commit them to the source'
  if (sync.source || sync.sources?.length)
    return 'syncing another source is not supported yet; change spec.source instead'
  const asked = sync.revision ?? sync.revisions?.[0] ?? ''
  const source = needed(work.release).sources[0]
  const isNewest =
    asked === '' || asked === 'HEAD' || asked === source?.targetRevision || source?.revision.startsWith(asked)
  if (isNewest) return undefined
  return `syncing revision ${asked} is not supported yet: release ${needed(work.release).release} was rendered from ${source?.revision ?? ''}; change spec.source.targetRevision instead`
}

function beginSync(work: Work, decision: SyncDecision): SyncPointer {
  const { last, release } = { last: work.account.sync, release: needed(work.release).release }
  if (decision.resume && last) return last
  const { setbacks } = work
  const attempt = last?.release === release && last.setbacks === setbacks ? last.attempt + 1 : 1
  const sync = syncName(work.uid, { release, attempt, setbacks })
  const startedAt = work.now.toISOString()
  const isRetry = decision.trigger === 'retry' && last !== undefined
  return {
    sync,
    release,
    attempt,
    setbacks,
    ...rollbackFields(work, sync),
    declared: work.declared,
    operation: work.operationDigest,
    trigger: decision.trigger,
    prune: work.application.operation ? (work.application.operation.sync?.prune ?? false) : work.policy.prune,
    dryRun: work.application.operation?.sync?.dryRun ?? false,
    phase: 'Running',
    startedAt,
    finishedAt: '',
    operationStartedAt: isRetry ? last.operationStartedAt : startedAt,
    retries: isRetry ? last.retries + 1 : 0,
    nextAt: '',
    message: '',
    correlationId: needed(work.release).correlationId,
    ...(isPartial(work) ? { isPartial: true } : {}),
  }
}

function rollbackFields({ application, account }: Work, sync: string): Pick<SyncPointer, 'rollback'> {
  if (rollbackOf(application.operation) === undefined) return {}
  return { rollback: { from: account.sync?.release ?? 0, reason: holdOf(application)?.reason ?? '', sync } }
}

function rollbackFact(work: Work, { rollback, release }: SyncPointer): RollbackFact | undefined {
  return rollback && { sync: rollback.sync, release, from: rollback.from, cluster: needed(work.cluster).name }
}

function announceStart(work: Work, pointer: SyncPointer, mode: ApplyMode): void {
  const { announcer } = work.ports
  const cause = causeOf(work)
  const fact = syncFact(work, pointer)
  work.write(work.account.saveSync(pointer))
  const rollback = rollbackFact(work, pointer)
  const why = { revisions: revisionsOf(work), reason: pointer.rollback?.reason ?? '' }
  if (rollback) work.write(announcer.rollbackStarted(cause, rollback, why))
  work.write(announcer.planned(cause, fact, countChanges(plannedChanges(work, mode))))
  work.write(
    announcer.started(cause, fact, {
      revisions: revisionsOf(work),
      trigger: pointer.trigger,
      automated: pointer.operation === '',
      waves: pointer.progress?.waves ?? 1,
      kinds: pointer.progress ? kindsOf(work) : [],
    }),
  )
}

function kindsOf(work: Work): SyncStarted['kinds'] {
  const kinds = needed(work.desired).objects.map(({ ref: { group, version, kind } }) => ({ group, version, kind }))
  return [...new Map(kinds.map((one) => [`${one.group}/${one.kind}`, one])).values()].slice(0, 100)
}

/** What this sync is going to do: objects that left the source and stay are no part of it. */
function plannedChanges(work: Work, mode: ApplyMode): Change[] {
  return selectedChanges(work).filter(
    (change) => change.action !== 'delete' || whyKept(work, change, mode) === undefined,
  )
}

function syncFact(work: Work, { sync, release }: SyncPointer): SyncFact {
  return { sync, release, cluster: needed(work.cluster).name }
}

/** A sync that did not end, and is not the one to be done any more, ends when the next one begins. */
function noteSuperseded(work: Work, next: SyncPointer): void {
  const last = work.account.sync
  if (last?.phase !== 'Running' || last.sync === next.sync) return
  const message = next.rollback ? endedByRollback(next.release, next.rollback.reason) : replacedBy(last, next)
  work.write(endAbandoned(work, last, { message, actor: actorOf(work), cluster: needed(work.cluster).name }))
}

function replacedBy(last: SyncPointer, { release }: SyncPointer): string {
  const successor = last.release === release ? 'another operation' : `release ${release}`
  const how = last.message === '' ? 'it was cut off' : `it was ${last.message}`
  return `${successor} took its place while ${how}`
}

function endedByRollback(release: number, reason: string): string {
  return `ended by a rollback to release ${release}${reason === '' ? '' : `: ${reason}`}`
}

/** The facts of a sync follow from the release, and from whoever asked for it. */
export function causeOf(work: Work, actor = actorOf(work)): Cause {
  const release = needed(work.release)
  return {
    application: release.application,
    token: work.token,
    causes: [release.factId],
    correlationId: release.correlationId,
    actor,
  }
}

function actorOf(work: Work): string {
  const username = work.application.operation?.initiatedBy?.username
  return username ? `user:${username}` : 'policy:automated'
}

function revisionsOf(work: Work): string[] {
  return needed(work.release).sources.map((source) => source.revision)
}

function startNote(work: Work, pointer: SyncPointer): { reason: string; message: string } {
  const revision = revisionsOf(work)[0] ?? ''
  const who = work.application.operation?.initiatedBy?.username
  const how = pointer.operation === '' ? 'Initiated automated sync' : `${who || 'Unknown user'} initiated sync`
  return { reason: 'OperationStarted', message: `${how} to '${revision}'` }
}

/** What needs no call is told of all the same: a sync speaks of every object. */
function untouched(change: Change): ObjectOutcome[] {
  if (change.action === 'skip') return [{ change, result: 'skipped', message: change.reason, uid: '', generation: 0 }]
  if (change.action !== 'unchanged' || !isDesired(change)) return []
  const { uid = '', generation = 0 } = change.live ?? {}
  return [
    {
      change,
      result: 'unchanged',
      message: describeApplied(change.ref, 'unchanged'),
      uid,
      generation,
    },
  ]
}

async function endSync(
  work: Work,
  begun: SyncPointer,
  mode: ApplyMode,
  { objects, end }: { readonly objects: readonly ObjectOutcome[]; readonly end: End },
): Promise<Outcome> {
  // All that was applied is stored before the end is announced: whoever hears of it finds it so.
  await work.settleWrites()
  if (await announceEnd(work, begun, objects, end)) return closeSync(work, begun, objects, end)
  // An earlier run came as far as announcing its end and no further: this one is an attempt of its own.
  const attempt = begun.attempt + 1
  const next = { ...begun, attempt, sync: syncName(work.uid, { ...begun, attempt }) }
  announceStart(work, next, mode)
  await work.settleWrites()
  await announceEnd(work, next, objects, end)
  return closeSync(work, next, objects, end)
}

async function announceEnd(
  work: Work,
  pointer: SyncPointer,
  objects: readonly ObjectOutcome[],
  end: End,
): Promise<boolean> {
  const isFirst = await announceSyncEnd(work, pointer, objects, end)
  const rollback = rollbackFact(work, pointer)
  const times = { startedAt: pointer.startedAt, finishedAt: work.now.toISOString() }
  if (rollback) await work.ports.announcer.rollbackFinished(causeOf(work), rollback, { ...end, ...times })
  return isFirst
}

function announceSyncEnd(
  work: Work,
  pointer: SyncPointer,
  objects: readonly ObjectOutcome[],
  end: End,
): Promise<boolean> {
  return work.ports.announcer.finished(causeOf(work), syncFact(work, pointer), {
    revisions: revisionsOf(work),
    ...end,
    objects: syncedObjects(objects),
    total: objects.length,
    startedAt: pointer.startedAt,
    finishedAt: work.now.toISOString(),
  })
}

async function closeSync(
  work: Work,
  begun: SyncPointer,
  objects: readonly ObjectOutcome[],
  end: End,
): Promise<Outcome> {
  const sync = closedPointer(work, begun, end)
  await work.account.saveSync(sync)
  signalEnd(work, sync, objects, end)
  return { objects, phase: end.phase, message: sync.message, sync, finishedAt: sync.finishedAt }
}

function signalEnd(work: Work, sync: SyncPointer, objects: readonly ObjectOutcome[], end: End): void {
  const { signals } = work.ports
  const about = { application: work.instance, cluster: needed(work.cluster).name }
  const seconds = (Date.parse(sync.finishedAt) - Date.parse(sync.startedAt)) / 1000
  const changed = objects.filter((object) => object.result !== 'unchanged').length
  const isRepeated = failedAlike(work, sync, end)
  const failed = isRepeated ? [] : objects.filter((object) => object.result === 'failed')
  // The first one is in the message of the sync.
  for (const { message } of failed.slice(1, 20)) signals.objectFailed({ ...about, message })
  signals.syncEnded({ ...about, ...end, sync: sync.sync, trigger: sync.trigger, changed, seconds, isRepeated })
}

/** Whether a try failed as the one before it did. */
function failedAlike({ application }: Work, { retries }: SyncPointer, { phase, message }: End): boolean {
  if (phase === 'Succeeded' || retries === 0) return false
  return application.status.operationState?.message?.startsWith(message) ?? false
}

function closedPointer(work: Work, begun: SyncPointer, end: End): SyncPointer {
  const { progress, ...pointer } = begun
  const retried = begun.retries > 0 ? ` (retried ${begun.retries} times)` : ''
  const finishedAt = work.now.toISOString()
  const over = { ...pointer, phase: end.phase, message: `${end.message}${retried}`, finishedAt }
  if (end.phase !== 'Failed') return over
  // How far it came tells later whether the cause of the failure is gone.
  const failed = progress ? { ...over, progress } : over
  const isAutomated = begun.operation === ''
  const declared = isAutomated ? work.application.spec.syncPolicy?.retry : work.application.operation?.retry
  const waitMs = nextRetryMs(retryPlan(declared, isAutomated), begun.retries)
  if (waitMs === undefined) return failed
  const nextAt = new Date(work.now.getTime() + waitMs).toISOString()
  work.lookAgain = { delayMs: waitMs, reason: 'retry' }
  const message = `${end.message}. Retrying attempt #${begun.retries + 1} at ${nextAt}`
  return { ...failed, phase: 'Retrying', nextAt, message }
}
