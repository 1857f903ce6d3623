import { Later } from '@k8or/outcome'
import type { AppliedRecord, ObjectRef } from '@k8or/contracts'
import { keyOf, type KindRef } from '@k8or/kube-objects'
import { inParallel } from '../in-parallel'
import { needed, type EndOfLook, type Work } from '../work'

const asksAtOnce = 8

/** Makes sure that what is known of the live objects is true: watches stand, and doubts are settled by asking. */
export async function readLive(work: Work): Promise<EndOfLook | undefined> {
  const { live } = work.ports
  const cluster = needed(work.cluster).name
  const rows = rowsOn(work, cluster)
  live.watch(
    cluster,
    needed(work.desired)
      .objects.filter((desired) => desired.tracked)
      .map((desired) => desired.ref),
  )
  // Kinds that were applied before must be known; of what is new the apply itself will tell.
  const trouble = await live.known(cluster, distinctKinds(rows.map((row) => row.object)), work.signal)
  if (trouble !== undefined) return unreachable(work, trouble)
  try {
    await inParallel(await doubtful(work, cluster, rows), asksAtOnce, (ref) => settle(work, cluster, ref))
  } catch (error) {
    if (error instanceof Later) return unreachable(work, error.message)
    throw error
  }
  return undefined
}

function rowsOn(work: Work, cluster: string): AppliedRecord[] {
  return [...work.account.applied.values()].filter((row) => row.cluster === cluster)
}

function distinctKinds(refs: readonly ObjectRef[]): KindRef[] {
  const tracked = refs.filter((ref) => ref.kind !== 'CustomResourceDefinition')
  return [...new Map(tracked.map((ref) => [`${ref.group}/${ref.kind}`, ref])).values()]
}

function unreachable(work: Work, trouble: string): EndOfLook {
  work.lookAgain = { delayMs: 15_000, reason: 'the cluster could not be read' }
  return work.unknown('ComparisonError', `cluster ${needed(work.cluster).name} can not be compared: ${trouble}`)
}

/**
 * The objects about which the watch leaves a doubt: they left its selection, or they were ours and are no longer
 * desired, and only the object itself tells whether they still are.
 */
async function doubtful(work: Work, cluster: string, rows: readonly AppliedRecord[]): Promise<ObjectRef[]> {
  const { index } = work.ports.live
  const known = [...rows.map((row) => row.object), ...index.ofApplication(cluster, work.uid).map((live) => live.ref)]
  const uncertain = known.filter((ref) => index.isUncertain(cluster, keyOf(ref)))
  const desired = new Set(needed(work.desired).objects.map((object) => object.key))
  const left = [...rows.map((row) => row.object), ...(rows.length === 0 ? formerResources(work) : [])].filter(
    (ref) => !desired.has(keyOf(ref)) && !index.find(cluster, keyOf(ref)),
  )
  return [...new Map([...uncertain, ...left].map((ref) => [keyOf(ref), ref])).values()]
}

/** An Application that comes from Argo CD tells in its status what it managed. */
function formerResources(work: Work): ObjectRef[] {
  return (work.application.status.resources ?? []).map(({ group, version, kind, namespace, name }) => ({
    group: group ?? '',
    version: version ?? 'v1',
    kind,
    namespace: namespace ?? '',
    name,
  }))
}

async function settle(work: Work, cluster: string, ref: ObjectRef): Promise<void> {
  const { clusters, live } = work.ports
  const key = keyOf(ref)
  const object = await clusters.get(cluster, ref, work.signal).catch(absentKind)
  if (object) {
    live.index.take(cluster, object)
    return
  }
  live.index.forget(cluster, key)
  const isDesired = needed(work.desired).objects.some((desired) => desired.key === key)
  if (!isDesired && work.account.applied.has(key)) work.write(work.account.drop(key))
}

/** A kind that is not served any more has no objects. */
function absentKind(error: unknown): undefined {
  if (error instanceof Error && 'status' in error && error.status === 404) return undefined
  throw error
}
