import type { FatedDrift, FatedPush } from './account'
import { moreOf } from './descriptors'
import { growthOf, leastDescriptors, type Sample } from './growth'
import type { Kill } from './kills'

/** What a soak has shown. */
export interface Outcome {
  readonly pushes: readonly FatedPush[]
  readonly drifts: readonly FatedDrift[]
  readonly kills: readonly Kill[]
  /** How often a webhook was not taken, and was told again. */
  readonly toldAgain: number
  /** What was held when nothing was pushed: at half time, and at the end. */
  readonly rests: readonly [readonly Sample[], readonly Sample[]]
  readonly secondHalf: readonly Sample[]
  /** What is not accounted for, in words. */
  readonly findings: readonly string[]
}

/** Everything by which a soak fails: what is not accounted for, and what has grown. */
export function failuresOf({ findings, secondHalf, rests: [first, last] }: Outcome): string[] {
  const grown = growthOf(secondHalf)
    .filter(({ perHourMiB, limitPerHourMiB }) => perHourMiB > limitPerHourMiB)
    .map(({ process, perHourMiB }) => `${process}: its memory grows by ${perHourMiB.toFixed(0)} MiB an hour`)
  const before = leastDescriptors(first)
  const leaked = [...leastDescriptors(last)].flatMap(([process, held]) => {
    const more = moreOf(before.get(process) ?? held, held)
    return more.length === 0 ? [] : [`${process}: at rest it has more descriptors than before: ${more.join(', ')}`]
  })
  return [...findings, ...grown, ...leaked]
}

/** How long pushes took: those in the calm, and those on their way when something was killed or came back. */
export function latencies({ pushes, kills }: Pick<Outcome, 'pushes' | 'kills'>): Record<'calm' | 'kills', number[]> {
  const isNear = ({ toldAt, afterMs }: FatedPush): boolean =>
    kills.some(({ at }) => toldAt <= at + comingBackMs && toldAt + afterMs >= at)
  const there = pushes.filter(({ fate }) => fate !== 'missing')
  const { calm = [], kills: near = [] } = Object.groupBy(there, (push) => (isNear(push) ? 'kills' : 'calm'))
  return { calm: calm.map(({ afterMs }) => afterMs), kills: near.map(({ afterMs }) => afterMs) }
}

/** So long after a kill a push counts as one near it. */
const comingBackMs = 10_000
