import type { ObjectRef } from '@k8or/contracts'
import { keyOf } from '@k8or/kube-objects'
import { isDesired, type Change } from '../plan/change'
import { isToBeDone } from '../plan/order'
import { pruneWavesOf, wavesOf } from '../plan/waves'
import { judgedObject } from '../status/resources'
import { applyChanges, describeApplied, whyKept, type ApplyMode } from './apply-changes'
import { ensureNamespace } from './ensure-namespace'
import { summarize, type End, type ObjectOutcome } from './outcome'
import { selectedChanges } from './selection'
import type { Progress, SyncPointer } from './sync-pointer'
import { describeAwaited, gateOf, nextMove, type Member, type Move } from './wave-gate'
import { needed, type Work } from './work'

/** A sync whose objects go in several waves. */
export type WavedSync = SyncPointer & { readonly progress: Progress }

/** How far a sync came in one look; without an end it waits. */
export interface WaveRun {
  readonly sync: WavedSync
  readonly objects: readonly ObjectOutcome[]
  readonly message: string
  readonly end: End | undefined
}

/** How a sync begins, with the first of its waves; undefined where there is only one: nothing waits for that. */
export function firstProgress(work: Work, mode: ApplyMode): Progress | undefined {
  const changes = takingPart(work, mode)
  const pruneWaves = pruneWavesOf(changes)
  const waves = [...new Set(wavesOf(changes, { pruneLast: work.options.has('PruneLast'), pruneWaves }).values())]
  if (waves.length < 2) return undefined
  const begun = { isApplied: false, isAnnounced: false, since: '', pruneWaves, pruned: [] }
  return { wave: Math.min(...waves), waves: waves.length, ...begun }
}

/** Goes from wave to wave as far as the health of the objects permits. May be repeated at any point. */
export async function runWaves(work: Work, begun: WavedSync, mode: ApplyMode): Promise<WaveRun> {
  const handled = new Map<string, ObjectOutcome>()
  const namespace = begun.progress.isAnnounced ? [] : await ensureNamespace(work)
  let { progress } = begun
  for (;;) {
    const sync = { ...begun, progress }
    const members = membersOf(work, sync, mode, handled)
    const move = nextMove(progress, members)
    const run = (end: End | undefined, message = end?.message ?? ''): WaveRun => {
      const marked = markGates(outcomesOf(work, sync, mode, members, handled), move)
      return { sync, objects: [...namespace, ...marked], end, message }
    }
    if (move.kind === 'wait') return run(undefined, describeWait(work, move.awaited))
    if (move.kind === 'fail') return run(unhealthyEnd(work, move.failed))
    if (move.kind === 'end') return run({ phase: 'Succeeded', message: 'successfully synced (no more tasks)' })
    if (move.kind === 'enter') progress = { ...progress, wave: move.wave, isApplied: false, since: '' }
    else {
      const outcomes = await applyWave(work, members, move.due, mode)
      for (const outcome of outcomes) handled.set(outcome.change.key, outcome)
      const end = summarize([...namespace, ...outcomes])
      if (end.phase === 'Failed') return run(end)
      progress = { ...progress, isApplied: true, pruned: withPruned(progress.pruned, outcomes) }
      if (progress.pruned.length > sync.progress.pruned.length)
        work.write(work.account.saveSync({ ...begun, progress }))
    }
  }
}

function applyWave(
  work: Work,
  members: readonly Member[],
  due: readonly Member[],
  mode: ApplyMode,
): Promise<ObjectOutcome[]> {
  const waves = new Map(members.map(({ change, wave }) => [change.key, wave]))
  return applyChanges(
    work,
    due.map(({ change }) => change),
    { ...mode, waves, awaitsDeletion: true },
  )
}

/** The changes that are a part of a sync: what stays though it left the source is none, nor is what only others delete. */
function takingPart(work: Work, mode: ApplyMode): Change[] {
  const onlyOutOfSync = work.options.has('ApplyOutOfSyncOnly')
  return selectedChanges(work).filter((change) => {
    if (change.action === 'skip') return false
    if (!isDesired(change)) return change.action === 'delete' ? whyKept(work, change, mode) === undefined : mode.prune
    return !onlyOutOfSync || change.action !== 'unchanged' || work.account.applied.get(change.key)?.sync === mode.sync
  })
}

function membersOf(
  work: Work,
  { progress: { pruneWaves } }: WavedSync,
  mode: ApplyMode,
  handled: ReadonlyMap<string, ObjectOutcome>,
): Member[] {
  const changes = takingPart(work, mode)
  const waves = wavesOf(changes, { pruneLast: work.options.has('PruneLast'), pruneWaves })
  return changes
    .filter((change) => isDesired(change) || !handled.has(change.key) || isThere(work, change))
    .map((change) => ({
      change,
      wave: waves.get(change.key) ?? change.wave,
      isPending: isToBeDone(change) && !handled.has(change.key),
      gate: gateOf(change, judgedObject(work, change)),
    }))
}

function isThere(work: Work, { key }: Change): boolean {
  return work.ports.live.index.find(needed(work.cluster).name, key) !== undefined
}

/** Where nobody can tell how it stands, such as on a cluster that does not answer, why not is what matters. */
function describeWait(work: Work, awaited: readonly Member[]): string {
  const healths = awaited.map(({ change }) => judgedObject(work, change).verdict?.health)
  const unknown = healths.find((health) => health?.status === 'Unknown')?.message ?? ''
  return [describeAwaited(awaited), unknown].filter(Boolean).join(': ')
}

function unhealthyEnd(work: Work, failed: readonly Member[]): End {
  const reason = failed.map(({ change }) => healthMessage(work, change)).join(',')
  return { phase: 'Failed', message: `one or more synchronization tasks completed unsuccessfully, reason: ${reason}` }
}

function healthMessage(work: Work, change: Change): string {
  return judgedObject(work, change).verdict?.health?.message ?? ''
}

const rememberedPrunes = 10

function withPruned(before: readonly ObjectRef[], outcomes: readonly ObjectOutcome[]): ObjectRef[] {
  const deleted = outcomes.filter(({ result }) => result === 'deleted').map(({ change }) => change.ref)
  return [...before, ...deleted].slice(0, rememberedPrunes)
}

/** What became of each object so far: in this look, or in an earlier one as its row tells. */
function outcomesOf(
  work: Work,
  { sync, progress }: WavedSync,
  mode: ApplyMode,
  members: readonly Member[],
  handled: ReadonlyMap<string, ObjectOutcome>,
): ObjectOutcome[] {
  const past = members
    .filter(({ change, wave }) => wave <= progress.wave && isDesired(change) && !handled.has(change.key))
    .map(({ change }) => pastOutcome(work, sync, change))
  const kept = selectedChanges(work).flatMap((change): ObjectOutcome[] => {
    const why = change.action === 'delete' ? whyKept(work, change, mode) : undefined
    return why === undefined ? [] : [{ ...aboutOf(change), result: 'skipped', message: why }]
  })
  const pruned = progress.pruned.filter((ref) => !handled.has(keyOf(ref))).map(prunedOutcome)
  return [...past, ...handled.values(), ...kept, ...pruned]
}

function aboutOf(change: Change): Pick<ObjectOutcome, 'change' | 'uid' | 'generation'> {
  return { change, uid: change.live?.uid ?? '', generation: change.live?.generation ?? 0 }
}

function pastOutcome(work: Work, sync: string, change: Change): ObjectOutcome {
  const row = work.account.applied.get(change.key)
  const { uid, generation } = row ?? aboutOf(change)
  const result = row?.sync === sync ? row.result : 'unchanged'
  return { change, result, message: describeApplied(change.ref, result), uid, generation, isPast: true }
}

function prunedOutcome(ref: ObjectRef): ObjectOutcome {
  const about = { action: 'delete', ref, key: keyOf(ref), wave: 0, cause: 'release', reason: '' } as const
  return { change: about, result: 'deleted', message: 'pruned', uid: '', generation: 0, isPast: true }
}

/** What is waited for runs on; what became unhealthy has failed, and says why. */
function markGates(outcomes: readonly ObjectOutcome[], move: Move): ObjectOutcome[] {
  const awaited = new Set(move.kind === 'wait' ? move.awaited.map(({ change }) => change.key) : [])
  const failed = new Set(move.kind === 'fail' ? move.failed.map(({ change }) => change.key) : [])
  return outcomes.map((outcome) => {
    if (awaited.has(outcome.change.key)) return { ...outcome, gate: 'awaited' }
    return failed.has(outcome.change.key) ? { ...outcome, gate: 'failed' } : outcome
  })
}
