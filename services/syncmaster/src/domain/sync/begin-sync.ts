import { holdOf } from '../application/hold'
import { rollbackOf } from '../rollback/request-rollback'
import type { Decision } from './decide'
import { isPartial } from './selection'
import { syncName, type SyncPointer } from './sync-pointer'
import { needed, type Work } from './work'

/** To carry a release out, or to go on with it. */
export type SyncDecision = Extract<Decision, { kind: 'sync' }>

export function beginSync(work: Work, decision: SyncDecision): SyncPointer {
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
