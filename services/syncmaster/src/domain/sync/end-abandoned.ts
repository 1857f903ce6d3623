import type { SyncedObject } from '@k8or/contracts'
import { projectOf } from '../application/application'
import { describeApplied } from './apply-changes'
import type { SyncPointer } from './sync-pointer'
import type { Work } from './work'

/** Why a sync ends that did not come to its end. */
interface Abandonment {
  readonly message: string
  readonly actor: string
  readonly cluster: string
}

/** Announces the end of a sync that nobody goes on with, and what it had applied by then. */
export async function endAbandoned(work: Work, pointer: SyncPointer, why: Abandonment): Promise<void> {
  const { uid, namespace, name, spec } = work.application
  const { message, actor, cluster } = why
  const { sync, release, correlationId, startedAt, rollback } = pointer
  const application = { uid, namespace, name, project: projectOf(spec) }
  const cause = { application, token: work.token, causes: [], actor, ...(correlationId ? { correlationId } : {}) }
  const objects = appliedBy(work, pointer)
  const end = { phase: 'Failed' as const, message, objects, total: objects.length, revisions: [] }
  const times = { startedAt, finishedAt: work.now.toISOString() }
  const { announcer } = work.ports
  await announcer.finished(cause, { sync, release, cluster }, { ...end, ...times })
  if (!rollback) return
  const went = { sync: rollback.sync, release, from: rollback.from, cluster }
  await announcer.rollbackFinished(cause, went, { phase: 'Failed', message, ...times })
}

/** What a sync came to apply, as its rows tell. */
function appliedBy(work: Work, { sync, progress }: SyncPointer): SyncedObject[] {
  const rows = [...work.account.applied.values()].filter((row) => row.sync === sync && row.result !== 'unchanged')
  const applied = rows.map(({ object, result, uid, generation }): SyncedObject => {
    return { object, result, uid, generation, message: describeApplied(object, result) }
  })
  const pruned = (progress?.pruned ?? []).map((object): SyncedObject => {
    return { object, result: 'deleted', uid: '', generation: 0, message: 'pruned' }
  })
  return [...applied, ...pruned].slice(0, 500)
}
