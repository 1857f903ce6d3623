import { nameOf } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import { isDesired, type Change, type DesiredChange } from '../../plan/change'
import { findSurplus, planChanges } from '../../plan/change-set'
import { compareWithPrediction } from '../../plan/compare'
import { RefusedError } from '../../cluster/clusters'
import { inParallel } from '../in-parallel'
import { needed, type EndOfLook, type Work } from '../work'

/** Compares what the release says with what is known of the cluster. Asks nobody. */
export async function plan(work: Work): Promise<EndOfLook | undefined> {
  const { index } = work.ports.live
  const cluster = needed(work.cluster).name
  const desired = needed(work.desired).objects
  const candidates = [
    ...index.ofApplication(cluster, work.uid),
    ...[...work.account.applied.keys()].flatMap((key) => index.find(cluster, key) ?? []),
    ...(work.account.applied.size === 0 ? formerlyOurs(work, cluster) : []),
  ]
  const { changes } = planChanges({
    desired,
    live: (key) => index.find(cluster, key),
    applied: work.account.applied,
    cluster,
    surplus: findSurplus(candidates, desired, work.instance),
  })
  work.changes = changes
  warnOfShared(work, changes)
  return undefined
}

function formerlyOurs(work: Work, cluster: string): NonNullable<Change['live']>[] {
  return (work.application.status.resources ?? []).flatMap(
    ({ group, kind, namespace, name }) =>
      work.ports.live.index.find(cluster, `${group ?? ''}/${kind}/${namespace ?? ''}/${name}`) ?? [],
  )
}

function warnOfShared(work: Work, changes: readonly Change[]): void {
  const shared = changes.find(
    ({ live, desired }) => desired && live && live.instance !== '' && live.instance !== work.instance,
  )
  if (!shared?.live) return
  const message = `${nameOf(shared.ref)} is part of applications ${shared.live.instance} and ${work.instance}`
  work.conditions.set('SharedResourceWarning', message)
}

const comparisonsAtOnce = 8

/**
 * Without automation nothing is applied by itself, so the API server is asked what an apply would change: only of
 * objects for which memory has no answer.
 */
export async function confirmChanges(work: Work): Promise<EndOfLook | undefined> {
  if (work.policy.automated || work.application.operation) return undefined
  const changes = needed(work.changes)
  try {
    work.changes = await inParallel(changes, comparisonsAtOnce, (change) =>
      isDesired(change) && change.action === 'configure' ? confirm(work, change) : confirmNew(work, change),
    )
  } catch (error) {
    if (!(error instanceof Later)) throw error
    work.lookAgain = { delayMs: 15_000, reason: 'the comparison could not be made' }
    return work.unknown('ComparisonError', error.message)
  }
  return undefined
}

/** What memory takes for new may be there all the same, from before the mesh came. */
async function confirmNew(work: Work, change: Change): Promise<Change> {
  if (change.action !== 'create' || !isDesired(change) || change.cause !== 'release') return change
  return confirm(work, change)
}

async function confirm(work: Work, change: DesiredChange): Promise<Change> {
  if (change.desired.lacksNamespace) return change
  const { clusters } = work.ports
  const cluster = needed(work.cluster).name
  const memory = work.memory.comparisons.get(change.key)
  const version = change.live?.resourceVersion ?? ''
  if (memory && memory.desired === change.desired.digest && memory.version === version && version !== '')
    return memory.isSame ? unchanged(change) : change
  const live = await clusters.get(cluster, change.ref, work.signal)
  if (!live) return { ...change, action: 'create' }
  const { fence, signal } = work
  try {
    const predicted = await clusters.apply(cluster, change.desired.object, { fence, signal, dryRun: true })
    const isSame = compareWithPrediction(live, predicted, 1).length === 0
    work.memory.comparisons.set(change.key, {
      desired: change.desired.digest,
      version: live.metadata.resourceVersion ?? '',
      isSame,
    })
    return isSame ? unchanged(change) : { ...change, action: 'configure' }
  } catch (error) {
    if (!(error instanceof RefusedError) || error.isFenced) throw error
    work.conditions.set('ComparisonError', error.message)
    return { ...change, action: 'configure', reason: error.message }
  }
}

function unchanged(change: Change): Change {
  return { ...change, action: 'unchanged', reason: 'is as desired, though the mesh did not apply it' }
}
