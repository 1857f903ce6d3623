import { managedMarks, type AppliedRecord } from '@k8or/contracts'
import { canonicalJson, refOf, type KubeObject } from '@k8or/kube-objects'
import { RefusedError } from '../../cluster/clusters'
import { toLiveObject } from '../../drift/live-object'
import type { DesiredObject } from '../../plan/desired'
import { resolvedFields } from '../../status/operation-state'
import { inParallel } from '../in-parallel'
import { syncName, type SyncPointer } from '../sync-pointer'
import { needed, type EndOfLook, type Work } from '../work'

const asksAtOnce = 8

/**
 * What was done for an application may be lost with the bus, and so may the number of its release, while what was made of
 * it runs on. Where its status says that this very content was synced, that is learnt again from the cluster: nothing is
 * applied a second time over what somebody changed since and nobody wants to be put back.
 */
export async function relearn(work: Work): Promise<EndOfLook | undefined> {
  const { account, application, policy } = work
  const isKnown = account.sync?.release === needed(work.release).release
  if (isKnown || !policy.automated || application.operation || !wasSynced(work)) return undefined
  const objects = needed(work.desired).objects.filter(({ hook, lacksNamespace }) => !hook && !lacksNamespace)
  if (isOfOtherContent(work, objects)) return undefined
  const lost = objects.filter(({ key }) => !account.applied.has(key))
  const learnt = await learnAll(work, lost)
  if (learnt > 0 || lost.length < objects.length) await account.saveSync(syncedPointer(work))
  return undefined
}

/** Whether something else was applied than what the release says, as far as that is known. */
function isOfOtherContent({ account, declared }: Work, objects: readonly DesiredObject[]): boolean {
  const { sync, applied } = account
  if (sync && (sync.phase !== 'Succeeded' || sync.declared !== declared)) return true
  return objects.some(({ key, digest }) => (applied.get(key)?.desiredDigest ?? digest) !== digest)
}

/** Answers how many are known by their marks to be of a sync of this application. */
async function learnAll(work: Work, objects: readonly DesiredObject[]): Promise<number> {
  const { sync } = syncedPointer(work)
  let learnt = 0
  await inParallel(objects, asksAtOnce, async (desired) => {
    if (await learn(work, desired, sync)) learnt++
  })
  await work.settleWrites()
  return learnt
}

/** Whether the newest sync that the status tells of was one of these revisions, of these sources, to this destination. */
function wasSynced(work: Work): boolean {
  const { operationState: state, sync } = work.application.status
  if (state?.phase !== 'Succeeded' || !state.syncResult) return false
  const { revision, revisions, source, sources } = state.syncResult
  const wanted = resolvedFields(work, needed(work.release))
  const isSame = canonicalJson(present({ revision, revisions, source, sources })) === canonicalJson(present(wanted))
  return isSame && isComparedHere(work, sync?.['comparedTo'])
}

function isComparedHere({ application }: Work, comparedTo: unknown): boolean {
  const { destination } = (comparedTo ?? {}) as { destination?: Record<string, unknown> }
  return canonicalJson(present(destination ?? {})) === canonicalJson(present(application.spec.destination))
}

function present(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''))
}

/** Only of what is marked as this application's: whatever else has its name was not made by a sync of it. */
async function learn(work: Work, desired: DesiredObject, sync: string): Promise<boolean> {
  const { clusters, live: known } = work.ports
  const cluster = needed(work.cluster).name
  const live = await clusters.get(cluster, desired.ref, work.signal)
  if (!live) {
    // Somebody deleted it.
    if (wasThere(work, desired)) remember(work, desired, { sync, uid: '', generation: 0 })
    return false
  }
  const { application, uid, generation } = toLiveObject(live)
  if (desired.tracked && application !== work.uid) return false
  const predicted = await predict(work, desired)
  if (!predicted) return false
  const { projection: projectionDigest } = toLiveObject(predicted)
  remember(work, desired, { sync, uid, generation, projectionDigest, object: refOf(predicted) })
  if (live.metadata.labels?.[managedMarks.bucket] !== undefined) known.index.take(cluster, live)
  return desired.tracked
}

/** What an apply would lead to tells which fields are ours, and how they should be. What is refused is left to the sync. */
async function predict(work: Work, desired: DesiredObject): Promise<KubeObject | undefined> {
  const { fence, signal } = work
  try {
    const options = { fence, signal, dryRun: true }
    return await work.ports.clusters.apply(needed(work.cluster).name, desired.object, options)
  } catch (error) {
    if (error instanceof RefusedError && !error.isFenced) return undefined
    throw error
  }
}

function wasThere({ application }: Work, { ref }: DesiredObject): boolean {
  return (application.status.resources ?? []).some(
    ({ group = '', kind, namespace = '', name }) =>
      group === ref.group && kind === ref.kind && namespace === ref.namespace && name === ref.name,
  )
}

type Learnt = Pick<AppliedRecord, 'sync' | 'uid' | 'generation'> &
  Partial<Pick<AppliedRecord, 'projectionDigest' | 'object'>>

function remember(work: Work, { key, ref, digest }: DesiredObject, learnt: Learnt): void {
  const { release } = needed(work.release)
  const about = { cluster: needed(work.cluster).name, object: ref, release, desiredDigest: digest }
  const record: AppliedRecord = { ...about, projectionDigest: '', result: 'unchanged', ...learnt }
  work.write(work.account.remember(key, record))
}

/** The sync as the status tells it; how it was named is lost. */
function syncedPointer(work: Work): SyncPointer {
  const { release, correlationId } = needed(work.release)
  const { startedAt = '', finishedAt = startedAt } = work.application.status.operationState ?? {}
  const numbers = { release, attempt: 1, setbacks: work.account.sync?.setbacks ?? 0 }
  return {
    ...numbers,
    sync: syncName(work.uid, numbers),
    declared: work.declared,
    operation: '',
    trigger: 'release',
    prune: work.policy.prune,
    phase: 'Succeeded',
    dryRun: false,
    ...{ startedAt, operationStartedAt: startedAt, finishedAt, retries: 0, nextAt: '' },
    message: 'learnt again from the status and the cluster: the record of it was lost',
    correlationId,
  }
}
