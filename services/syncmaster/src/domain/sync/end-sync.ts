import type { ApplyMode } from './apply-changes'
import { announceStart } from './announce-start'
import { syncedObjects, type End, type ObjectOutcome, type Outcome } from './outcome'
import { nextRetryMs, retryPlan } from './retry'
import { causeOf, revisionsOf, rollbackFact, syncFact } from '../fact/sync-cause'
import { syncName, type SyncPointer } from './sync-pointer'
import { needed, type Work } from './work'

export async function endSync(
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
