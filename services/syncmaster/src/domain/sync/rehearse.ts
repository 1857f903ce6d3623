import { describeError, Later } from '@k8or/outcome'
import type { ChangeResult } from '@k8or/contracts'
import type { Change } from '../plan/change'
import { inParallel } from './in-parallel'
import type { ObjectOutcome } from './outcome'
import { predictChange, type ObjectDifference } from './predict-change'
import type { Work } from './work'

/** What a sync would come to, object by object; changes nothing. */
export function rehearse(work: Work, changes: readonly Change[], prune: boolean): Promise<ObjectOutcome[]> {
  return inParallel(changes, work.settings.parallelApplies, (change) => rehearseChange(work, change, prune))
}

async function rehearseChange(work: Work, change: Change, prune: boolean): Promise<ObjectOutcome> {
  try {
    return outcomeOf(await predictChange(work, change, prune))
  } catch (error) {
    if (!(error instanceof Later)) throw error
    return outcome(change, 'failed', describeError(error))
  }
}

const results: Record<ObjectDifference['action'], ChangeResult> = {
  create: 'created',
  configure: 'configured',
  delete: 'deleted',
  keep: 'skipped',
  skip: 'skipped',
  unchanged: 'unchanged',
}

function outcomeOf({ change, action, reason, problem }: ObjectDifference): ObjectOutcome {
  if (problem !== '') return outcome(change, 'failed', problem)
  const result = results[action]
  if (result === 'skipped') return outcome(change, result, reason)
  const word = result === 'deleted' ? 'pruned' : result
  return outcome(change, result, `${change.ref.kind.toLowerCase()}/${change.ref.name} ${word} (dry run)`)
}

function outcome(change: Change, result: ChangeResult, message: string): ObjectOutcome {
  return { change, result, message, uid: change.live?.uid ?? '', generation: change.live?.generation ?? 0 }
}
