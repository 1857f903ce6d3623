import { legible } from '@k8or/outcome'
import type { Condition } from '../application/application-status'
import { compareTexts } from '../compare-refs'

/** The conditions that the mesh speaks of; others stay as they are. */
const ownConditions: readonly string[] = [
  'ComparisonError',
  'DeletionError',
  'ExcludedResourceWarning',
  'HoldWarning',
  'InstallationWarning',
  'InvalidSpecError',
  'MassPruneWarning',
  'RepeatedResourceWarning',
  'SharedResourceWarning',
  'SuspendedWarning',
  'SyncError',
  'UnknownError',
]

/** The conditions as they are now: the time of one changes only when its message does; what is over is gone. */
export function nextConditions(
  before: readonly Condition[],
  found: ReadonlyMap<string, string>,
  now: string,
): Condition[] | undefined {
  const others = before.filter((condition) => !ownConditions.includes(condition.type))
  const own = [...found].map(([type, text]) => {
    const message = legible(text)
    const known = before.find((condition) => condition.type === type && condition.message === message)
    return known ?? { type, message, lastTransitionTime: now }
  })
  const all = [...others, ...own].sort((a, b) => compareTexts(a.type, b.type))
  return all.length === 0 ? undefined : all
}
