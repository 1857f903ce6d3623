import { isDesired, type Change } from '../../plan/change'
import { Later } from '@k8or/outcome'
import { RefusedError } from '../../cluster/clusters'
import { judgedObject } from '../../status/resources'
import { whyNotApplied } from '../apply-changes'
import { endAbandoned } from '../end-abandoned'
import { announceDrifts, driftsOf, heal, tellOpenHeals } from '../heal'
import { inParallel } from '../in-parallel'
import { runSync } from '../run-sync'
import { whyNotHealed } from '../unsupported'
import { gateOf } from '../wave-gate'
import { needed, type EndOfLook, type Work } from '../work'

/** Does what was decided. */
export async function carryOut(work: Work): Promise<EndOfLook | undefined> {
  const decision = needed(work.decision)
  const told = tellOpenHeals(work)
  switch (decision.kind) {
    case 'sync':
      if (decision.resume) await mindDrifts(work)
      work.outcome = await runSync(work, decision)
      break
    case 'heal':
      work.outcome = await heal(work)
      break
    case 'wait':
      work.lookAgain = { delayMs: decision.waitMs, reason: 'retry' }
      break
    case 'probe':
      work.conditions.set('SyncError', decision.error)
      await probe(work)
      break
    case 'refuse':
      work.conditions.set('SyncError', decision.error)
      break
    case 'rest':
      await endOutdated(work)
      announceDrifts(work, driftsOf(work), false)
      break
  }
  tellFailure(work)
  await work.settleWrites()
  await told
  return undefined
}

/** A sync that waits, whose release is not to be applied any more and no other in its place, has to end all the same. */
async function endOutdated(work: Work): Promise<void> {
  const last = work.account.sync
  const { release } = needed(work.release)
  if (last?.phase !== 'Running' || last.release === release) return
  const message = `release ${release} came while it was ${last.message === '' ? 'cut off' : last.message}`
  await endAbandoned(work, last, { message, actor: 'policy:automated', cluster: needed(work.cluster).name })
  work.ended = { ...last, phase: 'Failed', message, finishedAt: work.now.toISOString() }
  await work.account.saveSync(work.ended)
}

/** What others change while a sync waits is told, and put back where the Application says so. */
async function mindDrifts(work: Work): Promise<void> {
  const drifts = driftsOf(work)
  if (drifts.length === 0 || !work.account.sync?.progress?.isAnnounced) return
  if (work.policy.selfHeal && whyNotHealed(work) === undefined) await heal(work)
  else announceDrifts(work, drifts, false)
}

/** What keeps an application from being in sync stays told until a sync succeeds, or nothing is left to do. */
function tellFailure(work: Work): void {
  const { outcome, account, conditions } = work
  if (conditions.has('SyncError')) return
  if (outcome) {
    if (outcome.phase !== 'Succeeded' && outcome.phase !== 'Running' && !outcome.sync?.dryRun)
      conditions.set('SyncError', outcome.message)
    return
  }
  const last = account.sync
  if (last?.release !== needed(work.release).release || last.declared !== work.declared) return
  const isOpen = needed(work.changes).some(({ action }) => action === 'create' || action === 'configure')
  const isGivenUp = isOpen && (last.phase === 'Failed' || last.phase === 'Error')
  if (last.phase === 'Retrying' || isGivenUp) conditions.set('SyncError', last.message)
}

const probeEveryMs = 180_000
const probesApartMs = 10_000

/**
 * A sync that failed for good is not repeated; but when the API server would take all of it now, its cause is gone,
 * and one more try is due.
 */
async function probe(work: Work): Promise<void> {
  work.lookAgain = { delayMs: probeEveryMs, reason: 'see whether the cause of the failed sync is gone' }
  const nowMs = work.now.getTime()
  if (nowMs - work.memory.lastProbeMs < probesApartMs) return
  work.memory.lastProbeMs = nowMs
  if (isStillUnhealthy(work)) return
  const pending = needed(work.changes).filter((change) => change.action === 'create' || change.action === 'configure')
  const answers = await inParallel(pending, work.settings.parallelApplies, (change) => wouldApply(work, change))
  if (answers.length === 0 || !answers.every(Boolean)) return
  work.conditions.delete('SyncError')
  work.outcome = await runSync(work, {
    kind: 'sync',
    trigger: 'retry',
    resume: false,
    reason: 'the cause of the failure is gone',
  })
}

/** A sync that failed for the health of a wave would fail again, until that is another one. */
function isStillUnhealthy(work: Work): boolean {
  const { progress } = needed(work.account.sync)
  if (!progress?.isApplied) return false
  return needed(work.changes).some(
    (change) => change.wave <= progress.wave && gateOf(change, judgedObject(work, change)) === 'degraded',
  )
}

async function wouldApply(work: Work, change: Change): Promise<boolean> {
  if (!isDesired(change)) return true
  const { fence, signal } = work
  if ((await whyNotApplied(work, change)) !== undefined) return false
  try {
    await work.ports.clusters.apply(needed(work.cluster).name, change.desired.object, { fence, signal, dryRun: true })
    return true
  } catch (error) {
    if (error instanceof Later || (error instanceof RefusedError && !error.isFenced)) return false
    throw error
  }
}
