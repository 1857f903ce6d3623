import type { AutomationPolicy } from '../application/policy'
import type { SyncPointer } from './sync-pointer'

/** What there is to decide about: the plan in numbers, the policy, and what was tried before. */
export interface Situation {
  readonly policy: AutomationPolicy
  readonly release: number
  readonly revision: string
  /** Digest of all in the declaration that bears on a sync. */
  readonly declared: string
  /** Digest of the operation that is asked for; empty when none is. */
  readonly operation: string
  readonly last: SyncPointer | undefined
  /** The last sync has ended, and the status does not say so yet. */
  readonly isUntold: boolean
  /** Objects that were not applied yet as they are desired now. */
  readonly pending: number
  /** Objects that somebody changed or deleted since. */
  readonly drifted: number
  /** Objects that would be deleted by an automated sync. */
  readonly prunable: number
  /** Objects that are no longer desired and stay. */
  readonly surplus: number
  readonly wipesOut: boolean
  readonly nowMs: number
}

/** What is done about an application, and why: the reason is what people read. */
export type Decision =
  | {
      readonly kind: 'sync'
      readonly trigger: SyncPointer['trigger']
      readonly resume: boolean
      readonly reason: string
    }
  | { readonly kind: 'heal'; readonly reason: string }
  | { readonly kind: 'wait'; readonly waitMs: number; readonly reason: string }
  | { readonly kind: 'probe'; readonly error: string; readonly reason: string }
  | { readonly kind: 'refuse'; readonly error: string; readonly reason: string }
  | { readonly kind: 'rest'; readonly reason: string }

/** The checks of automation, in Argo CD's order (A7.1). */
export function decideSync(situation: Situation): Decision {
  const { policy, operation, last } = situation
  if (operation !== '') return decideOperation(situation)
  if (last?.phase === 'Running' && last.release === situation.release)
    return { kind: 'sync', trigger: last.trigger, resume: true, reason: `goes on with sync ${last.sync}` }
  if (isInSync(situation) && !isOpen(last)) return { kind: 'rest', reason: restReason(situation) }
  if (!policy.automated) return { kind: 'rest', reason: 'out of sync; automation is off, so it waits for a sync' }
  if (situation.wipesOut)
    return {
      kind: 'refuse',
      error: 'auto-sync will wipe out all resources; set spec.syncPolicy.automated.allowEmpty or sync by hand',
      reason: 'refused: the source is empty',
    }
  return wasTried(situation) ? decideAgain(situation) : startRelease(situation)
}

function decideOperation(situation: Situation): Decision {
  const { operation, last, release } = situation
  const isSame = last?.operation === operation && last.release === release
  if (isSame && last.phase === 'Retrying') return decideRetry(last, situation.nowMs)
  if (isSame && situation.isUntold) return { kind: 'rest', reason: `sync ${last.sync} has ended` }
  const resume = isSame && last.phase === 'Running'
  return { kind: 'sync', trigger: 'operation', resume, reason: 'a sync was asked for' }
}

/** A sync of an older release that did not end is ended by one of this release, be there anything to apply or not. */
function isOpen(last: SyncPointer | undefined): boolean {
  return last?.phase === 'Retrying' || last?.phase === 'Running'
}

function isInSync({ pending, drifted, prunable }: Situation): boolean {
  return pending + drifted + prunable === 0
}

function restReason({ surplus, release }: Situation): string {
  if (surplus > 0) return `in sync with release ${release}, but ${surplus} objects that left the source require pruning`
  return `in sync with release ${release}`
}

function wasTried({ last, release, declared }: Situation): boolean {
  return last?.release === release && last.declared === declared
}

function startRelease({ release }: Situation): Decision {
  return { kind: 'sync', trigger: 'release', resume: false, reason: `release ${release} is new` }
}

function decideAgain(situation: Situation): Decision {
  const { last, policy, drifted, revision } = situation
  if (last?.phase === 'Retrying') return decideRetry(last, situation.nowMs)
  const heals = drifted > 0 && policy.selfHeal
  if (last?.phase === 'Succeeded') {
    if (situation.pending + situation.prunable > 0)
      return { kind: 'sync', trigger: 'release', resume: false, reason: 'objects are missing that were applied before' }
    if (heals) return { kind: 'heal', reason: `${drifted} objects drifted` }
    return { kind: 'rest', reason: `${drifted} objects drifted; self-heal is off, so they stay` }
  }
  if (heals) return { kind: 'heal', reason: `${drifted} objects drifted` }
  const terminated = last?.terminatedBy
  const error = `Failed last sync attempt to ${revision}: ${last?.message ?? ''}`
  if (terminated !== undefined) return { kind: 'refuse', error, reason: `terminated by ${terminated}; sync it by hand` }
  return { kind: 'probe', error, reason: `not tried again by itself: ${last?.message ?? ''}` }
}

function decideRetry(last: SyncPointer, nowMs: number): Decision {
  const waitMs = Date.parse(last.nextAt) - nowMs
  if (waitMs > 0) return { kind: 'wait', waitMs, reason: `failed, waits for the next try: ${last.message}` }
  return { kind: 'sync', trigger: 'retry', resume: false, reason: `tries again: ${last.message}` }
}
