import { isApprovedSince } from '../application/approval'
import { holdOf } from '../application/hold'
import type { Change } from '../plan/change'
import { keptFromPruning } from '../plan/prune'
import { needed, type Work } from './work'

/** Why an object that left the source stays in a sync that prunes, or does not; undefined when it may be deleted. */
export function keptObject(work: Work, change: Change, prune: boolean): string | undefined {
  const isApproved = isApprovedSince(work.application, leftAt(work))
  return keptFromPruning(change, { prune, options: work.options, isApproved })
}

/** When the objects of a plan can have left the source at the earliest: with its release, or when that was gone back to. */
function leftAt({ application, release }: Work): string {
  const { renderedAt } = needed(release)
  const heldAt = holdOf(application)?.since ?? ''
  return Date.parse(heldAt) > Date.parse(renderedAt) ? heldAt : renderedAt
}
