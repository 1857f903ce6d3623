import { isDesired, type Change } from '../plan/change'
import { isJudged, type JudgedObject } from '../status/health'
import type { Progress } from './sync-pointer'

/** What an object says about the end of its wave (A8.3). */
export type Gate = 'open' | 'unhealthy' | 'terminating' | 'degraded'

/** An object that takes part in a sync. */
export interface Member {
  readonly change: Change
  readonly wave: number
  /** It is still to be applied or deleted. */
  readonly isPending: boolean
  readonly gate: Gate
}

/** What is done next in a sync of several waves. */
export type Move =
  | { readonly kind: 'apply'; readonly due: readonly Member[] }
  | { readonly kind: 'wait'; readonly awaited: readonly Member[] }
  | { readonly kind: 'enter'; readonly wave: number }
  | { readonly kind: 'fail'; readonly failed: readonly Member[] }
  | { readonly kind: 'end' }

/** A wave is over when all of it was applied and is healthy, or has no health; what failed is not waited for. */
export function nextMove({ wave, isApplied }: Pick<Progress, 'wave' | 'isApplied'>, members: readonly Member[]): Move {
  const due = members.filter((member) => isDue(member, wave, isApplied))
  if (due.length > 0 || !isApplied) return { kind: 'apply', due }
  const own = members.filter((member) => member.wave === wave)
  const failed = own.filter(({ gate }) => gate === 'degraded')
  if (failed.length > 0) return { kind: 'fail', failed }
  const awaited = own.filter(({ gate }) => gate !== 'open')
  if (awaited.length > 0) return { kind: 'wait', awaited }
  const later = members.map((member) => member.wave).filter((other) => other > wave)
  return later.length === 0 ? { kind: 'end' } : { kind: 'enter', wave: Math.min(...later) }
}

/** What others changed after its wave was applied is no matter of the sync any more: it may be put back as drift. */
function isDue({ change, isPending, ...member }: Member, wave: number, isApplied: boolean): boolean {
  if (!isPending || member.wave > wave) return false
  return change.cause === 'release' || (member.wave === wave && !isApplied)
}

/** What an object says about the end of its wave: only a verdict on what was applied last counts. */
export function gateOf(change: Change, judged: JudgedObject): Gate {
  if (!isDesired(change)) return 'terminating'
  // The cluster itself said that it serves the kind; nobody judges a definition.
  if (!change.desired.tracked) return 'open'
  if (!judged.isLive || !isJudged(judged)) return 'unhealthy'
  const status = judged.verdict?.health?.status ?? 'Healthy'
  if (status === 'Degraded') return 'degraded'
  return status === 'Healthy' ? 'open' : 'unhealthy'
}

/** What a sync waits for, in one sentence. */
export function describeAwaited(awaited: readonly Member[]): string {
  const [first, ...others] = awaited
  if (!first) return ''
  const what = first.gate === 'terminating' ? 'deletion' : 'healthy state'
  const more = others.length === 0 ? '' : ` and ${others.length} more resources`
  const { group, kind, name } = first.change.ref
  return `waiting for ${what} of ${group}/${kind}/${name}${more}`
}
