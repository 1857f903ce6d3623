import { compareTexts } from '../compare-refs'
import { isDesired, type Change } from './change'
import { kindRank } from './kind-order'

/** Changes that go to the cluster side by side; the next group waits until all of them are through. */
export interface ChangeGroup {
  readonly wave: number
  readonly kind: string
  readonly changes: readonly Change[]
}

/** The order of a sync: wave by wave; inside a wave first what is deleted, then kind by kind, one kind side by side. */
export function orderChanges(changes: readonly Change[], waves: ReadonlyMap<string, number>): ChangeGroup[] {
  const entries = changes
    .filter(isToBeDone)
    .map((change) => ({ change, wave: waves.get(change.key) ?? change.wave, rank: rankOf(change) }))
  entries.sort((a, b) => a.wave - b.wave || a.rank - b.rank || compareEntries(a, b))
  return groupEntries(entries)
}

/** Whether a change needs a call. */
export function isToBeDone({ action }: Change): boolean {
  return action === 'create' || action === 'configure' || action === 'delete'
}

interface Entry {
  readonly change: Change
  readonly wave: number
  readonly rank: number
}

/** What is deleted comes first. */
function rankOf(change: Change): number {
  return isDesired(change) ? kindRank(change.ref.kind) : -1
}

function compareEntries(a: Entry, b: Entry): number {
  if (a.rank < 0) return compareTexts(a.change.key, b.change.key)
  return compareTexts(a.change.ref.kind, b.change.ref.kind) || compareTexts(a.change.ref.name, b.change.ref.name)
}

function groupEntries(entries: readonly Entry[]): ChangeGroup[] {
  const groups: { wave: number; kind: string; changes: Change[] }[] = []
  for (const { change, wave, rank } of entries) {
    const kind = rank < 0 ? 'prune' : change.ref.kind
    const last = groups.at(-1)
    if (last?.wave === wave && last.kind === kind) last.changes.push(change)
    else groups.push({ wave, kind, changes: [change] })
  }
  return groups
}
