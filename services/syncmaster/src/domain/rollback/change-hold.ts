import type { Application } from '../application/application'
import { holdAnnotation, holdsOf, type Hold } from '../application/hold'
import { patchPresent } from '../application/patch-present'
import { annotations } from '../application/policy'
import type { Applications } from '../application/applications'

/** Lets an application be changed again. Answers what kept it from that. */
export async function liftHold(
  applications: Applications,
  application: Application,
  signal: AbortSignal,
): Promise<Hold[]> {
  let lifted: Hold[] = []
  await mark(applications, application, signal, (present) => {
    lifted = holdsOf(present)
    return { [annotations.hold]: null, [annotations.suspend]: null }
  })
  return lifted
}

/** Lets nothing be changed for an application. */
export async function suspend(
  applications: Applications,
  application: Application,
  { actor, reason, since }: Pick<Hold, 'actor' | 'reason' | 'since'>,
  signal: AbortSignal,
): Promise<Hold> {
  const hold: Hold = { kind: 'suspend', actor, reason, since, release: 0, reverts: [] }
  await mark(applications, application, signal, () => ({ [annotations.suspend]: holdAnnotation(hold) }))
  return hold
}

/** Notes by which commits git is reverted, on the hold that a rollback wrote and nobody changed since. */
export function noteReverts(
  applications: Applications,
  application: Application,
  { at, reverts }: { readonly at: string; readonly reverts: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  return mark(applications, application, signal, (present) => {
    const hold = holdsOf(present).find(({ kind, since }) => kind === 'hold' && since === at)
    return hold ? { [annotations.hold]: holdAnnotation({ ...hold, reverts }) } : {}
  })
}

/** The revert of git is rendered: what it was held for is over. */
export function endHold(applications: Applications, application: Application, signal: AbortSignal): Promise<void> {
  const annotation = application.annotations[annotations.hold]
  return mark(applications, application, signal, (present) =>
    present.annotations[annotations.hold] === annotation ? { [annotations.hold]: null } : {},
  )
}

/** Writes annotations, on what is there now: somebody may have asked for something else meanwhile. */
async function mark(
  applications: Applications,
  application: Application,
  signal: AbortSignal,
  marksOf: (present: Application) => Record<string, string | null>,
): Promise<void> {
  await patchPresent(applications, application, signal, (present) => ({
    metadata: { resourceVersion: present.resourceVersion, annotations: marksOf(present) },
  }))
}
