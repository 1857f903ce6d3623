import type { SyncStarted } from '@k8or/contracts'
import type { Change } from '../plan/change'
import { countChanges } from '../plan/change-set'
import { whyKept, type ApplyMode } from './apply-changes'
import { selectedChanges } from './selection'
import { causeOf, revisionsOf, rollbackFact, syncFact } from '../fact/sync-cause'
import type { SyncPointer } from './sync-pointer'
import { needed, type Work } from './work'

export function announceStart(work: Work, pointer: SyncPointer, mode: ApplyMode): void {
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
