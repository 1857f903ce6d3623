import { annotations, automationOf } from '../../application/policy'
import { isDrift, type Change } from '../../plan/change'
import { isMassPrune } from '../../plan/prune'
import { describeHold, holdOf } from '../../application/hold'
import { whyLeftAlone } from '../../rollback/hold-back'
import { decideSync, type Decision } from '../decide'
import { whyStopped } from '../emergency-stop'
import { keptObject } from '../kept-object'
import { whyNotHealed, whyNotSynced } from '../unsupported'
import { needed, type EndOfLook, type Work } from '../work'

/** Decides what is done about the plan, and notes why. */
export async function decide(work: Work): Promise<EndOfLook | undefined> {
  const changes = needed(work.changes)
  const release = needed(work.release)
  const pending = changes.filter(isPending)
  const deletions = changes.filter((change) => change.action === 'delete')
  const prunable = deletions.filter((change) => keptObject(work, change, work.policy.prune) === undefined)
  const held = heldPrune(work, prunable.length)
  work.pruneHeld = held
  work.decision = decideSync({
    policy: automationOf(work.application.spec),
    release: release.release,
    revision: release.sources[0]?.revision ?? '',
    declared: work.declared,
    operation: work.operationDigest,
    last: work.account.sync,
    isUntold: work.toldSync !== undefined,
    pending: pending.filter((change) => !isDrift(change)).length,
    drifted: pending.filter(isDrift).length,
    prunable: held === undefined ? prunable.length : 0,
    surplus: deletions.length,
    wipesOut: wipesOut(work, changes, prunable.length),
    nowMs: work.now.getTime(),
  })
  work.decision = withHold(work, heldBack(work, work.decision))
  return undefined
}

/** Whoever asks why is told of the hold, and of what waits for its end. */
function withHold({ application, newer }: Work, decision: Decision): Decision {
  const hold = holdOf(application)
  if (hold?.kind !== 'hold') return decision
  const waiting = newer ? `; release ${newer.release} waits` : ''
  return { ...decision, reason: `${decision.reason}; ${describeHold(hold, application.name)}${waiting}` }
}

/** What somebody asks for is refused when it is carried out, so that the operation ends with the reason; what is under way waits. */
function heldBack(work: Work, decision: Decision): Decision {
  const isUnderWay = decision.kind === 'sync' && decision.resume
  if (decision.kind === 'rest' || (work.application.operation && !isUnderWay)) return decision
  const suspended = whyLeftAlone(work.application, work.account.sync?.release)
  if (suspended !== undefined) return { kind: 'rest', reason: `rests though there is something to do: ${suspended}` }
  const acts = decision.kind === 'sync' || decision.kind === 'heal' || decision.kind === 'probe'
  if (!acts) return decision
  const stopped = whyStopped(work, needed(work.cluster).name)
  const error = stopped ?? whyNotSynced(work) ?? (decision.kind === 'heal' ? whyNotHealed(work) : undefined)
  return error === undefined ? decision : { kind: 'refuse', error, reason: `refused: ${error}` }
}

function isPending(change: Change): boolean {
  return change.action === 'create' || change.action === 'configure'
}

function wipesOut(work: Work, changes: readonly Change[], prunable: number): boolean {
  const remains = changes.some((change) => change.desired !== undefined && change.action !== 'skip')
  return work.policy.prune && !work.policy.allowEmpty && prunable > 0 && !remains
}

/** An automated prune that would take most of an application waits until somebody has looked. */
function heldPrune(work: Work, prunable: number): string | undefined {
  const total = needed(work.changes).length
  if (!isMassPrune(prunable, total, work.settings.massChange)) return undefined
  const release = String(needed(work.release).release)
  if (work.application.annotations[annotations.allowPrune] === release) return undefined
  const nextStep = `annotate the Application with ${annotations.allowPrune}=${release}, or sync it by hand with prune`
  const held = `${prunable} of ${total} objects left the source: deleting that many waits for a person; ${nextStep}`
  work.conditions.set('MassPruneWarning', held)
  return held
}
