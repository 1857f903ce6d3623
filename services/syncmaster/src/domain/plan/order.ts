import { compareTexts } from '../compare-refs'
import { isCustomResourceDefinition } from './desired'
import { kindRank } from './kind-order'
import { isDesired, type Change, type DesiredChange } from './change'

/** Changes that go to the cluster side by side; the next group waits until all of them are through. */
export interface ChangeGroup {
  readonly wave: number
  readonly kind: string
  readonly changes: readonly Change[]
}

/**
 * The order of a sync: wave by wave; inside a wave first what is deleted, then kind by kind, one kind side by side. A
 * Namespace or a custom resource definition comes no later than the first object that needs it.
 */
export function orderChanges(changes: readonly Change[], options: { pruneLast?: boolean } = {}): ChangeGroup[] {
  const applied = changes
    .filter((change) => change.action === 'create' || change.action === 'configure')
    .filter(isDesired)
  const deleted = changes.filter((change) => change.action === 'delete')
  const waves = effectiveWaves(applied)
  const pruneWaves = mirroredWaves(deleted)
  const last = Math.max(0, ...waves.values()) + 1
  const entries = [
    ...deleted.map((change) => ({
      change,
      wave: options.pruneLast ? last : (pruneWaves.get(change.wave) ?? change.wave),
      rank: -1,
    })),
    ...applied.map((change) => ({
      change,
      wave: waves.get(change.key) ?? change.wave,
      rank: kindRank(change.ref.kind),
    })),
  ]
  entries.sort((a, b) => a.wave - b.wave || a.rank - b.rank || compareEntries(a, b))
  return groupEntries(entries)
}

interface Entry {
  readonly change: Change
  readonly wave: number
  readonly rank: number
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

function effectiveWaves(changes: readonly DesiredChange[]): Map<string, number> {
  const firstIn = new Map<string, number>()
  const note = (needed: string, wave: number): void => {
    firstIn.set(needed, Math.min(wave, firstIn.get(needed) ?? wave))
  }
  for (const { ref, wave } of changes) {
    note(`namespace/${ref.namespace}`, wave)
    note(`kind/${ref.group}/${ref.kind}`, wave)
  }
  return new Map(
    changes.map((change) => {
      const needs = neededAs(change)
      const first = needs === undefined ? undefined : firstIn.get(needs)
      return [change.key, Math.min(change.wave, first ?? change.wave)]
    }),
  )
}

function neededAs({ ref, desired }: DesiredChange): string | undefined {
  if (ref.kind === 'Namespace' && ref.group === '') return `namespace/${ref.name}`
  if (!isCustomResourceDefinition(ref)) return undefined
  const spec = desired.object['spec'] as { group?: string; names?: { kind?: string } } | undefined
  return `kind/${spec?.group ?? ''}/${spec?.names?.kind ?? ''}`
}

/** What was made first is deleted last: of several waves the highest takes the lowest's place. */
function mirroredWaves(deleted: readonly Change[]): Map<number, number> {
  const waves = [...new Set(deleted.map((change) => change.wave))].sort((a, b) => a - b)
  return new Map(waves.map((wave, at) => [wave, waves[waves.length - 1 - at] ?? wave]))
}
