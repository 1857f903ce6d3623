import { SyncOptions } from '../application/policy'
import { isDesired, type Change, type DesiredChange } from './change'
import { isCustomResourceDefinition } from './desired'

/** What bears on the waves besides the objects themselves. */
export interface WaveOptions {
  /** Whatever is deleted goes after the last wave. */
  readonly pruneLast?: boolean
  /** The waves among what a sync deletes when it began: its order must not depend on what is gone already. */
  readonly pruneWaves?: readonly number[]
}

/**
 * The wave in which each object of a plan has its turn, by key. A Namespace or a custom resource definition comes no
 * later than the first object that needs it; what was made first is deleted last.
 */
export function wavesOf(changes: readonly Change[], options: WaveOptions = {}): Map<string, number> {
  const applied = appliedWaves(changes.filter(isDesired))
  const deleted = changes.filter((change) => !isDesired(change))
  const mirrored = mirror(options.pruneWaves ?? pruneWavesOf(deleted))
  const last = Math.max(0, ...applied.values()) + 1
  const deletedWaves = deleted.map((change): [string, number] => {
    const goesLast = options.pruneLast === true || asksToGoLast(change)
    return [change.key, goesLast ? last : (mirrored.get(change.wave) ?? change.wave)]
  })
  return new Map([...applied, ...deletedWaves])
}

/** The waves among what a plan deletes, ascending. */
export function pruneWavesOf(changes: readonly Change[]): number[] {
  const deleted = changes.filter((change) => !isDesired(change))
  return [...new Set(deleted.map((change) => change.wave))].sort((a, b) => a - b)
}

function appliedWaves(changes: readonly DesiredChange[]): Map<string, number> {
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

function asksToGoLast({ live }: Change): boolean {
  return SyncOptions.ofAnnotation(live?.syncOptions).has('PruneLast')
}

/** Of several waves the highest takes the lowest's place. */
function mirror(waves: readonly number[]): Map<number, number> {
  return new Map(waves.map((wave, at) => [wave, waves[waves.length - 1 - at] ?? wave]))
}
