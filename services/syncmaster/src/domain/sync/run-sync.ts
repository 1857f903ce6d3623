import { canonicalJson } from '@k8or/kube-objects'
import { isDesired, type Change } from '../plan/change'
import { isCustomResourceDefinition } from '../plan/desired'
import { announceStart } from './announce-start'
import { applyChanges, describeApplied, type ApplyMode } from './apply-changes'
import { beginSync, type SyncDecision } from './begin-sync'
import { endSync } from './end-sync'
import { ensureNamespace } from './ensure-namespace'
import { noteSuperseded } from './note-superseded'
import { summarize, type ObjectOutcome, type Outcome } from './outcome'
import { whyRefused } from './refuse-operation'
import { rehearse } from './rehearse'
import { firstProgress, runWaves, type WavedSync } from './run-waves'
import { selectedChanges } from './selection'
import { reportRunning } from './steps/report'
import { revisionsOf } from '../fact/sync-cause'
import type { SyncPointer } from './sync-pointer'
import type { Work } from './work'

/** Carries a plan out as one sync: announces it, applies, and says how it ended. May be repeated at any point. */
export async function runSync(work: Work, decision: SyncDecision): Promise<Outcome> {
  const operation = work.application.operation
  const refusal = operation && !decision.resume && whyRefused(work, operation)
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
