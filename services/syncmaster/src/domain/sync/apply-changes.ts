import { describeError, Later } from '@k8or/outcome'
import { fieldManager, type AppliedRecord, type ObjectRef } from '@k8or/contracts'
import { nameOf, refOf, type KubeObject } from '@k8or/kube-objects'
import { terminationOf } from '../application/termination'
import { toLiveObject } from '../drift/live-object'
import { broughtKinds, describeLackOfNamespace } from '../plan/desired'
import { isDesired, type Change, type DesiredChange } from '../plan/change'
import { orderChanges, type ChangeGroup } from '../plan/order'
import { wavesOf } from '../plan/waves'
import { RefusedError } from '../cluster/clusters'
import { objectDenied } from '../project/rules'
import { inParallel } from './in-parallel'
import { keptObject } from './kept-object'
import type { ObjectOutcome } from './outcome'
import { needed, type Work } from './work'

/** How changes are carried out. */
export interface ApplyMode {
  readonly prune: boolean
  /** Why the objects that left the source are held back for now, such as a prune that is suspiciously large. */
  readonly pruneHeld: string | undefined
  /** The sync that applies; none when only drift is put back. */
  readonly sync?: string
  /** The wave of each object, where that does not follow from the changes alone. */
  readonly waves?: ReadonlyMap<string, number>
  /** Whether somebody waits until what is deleted is gone. */
  readonly awaitsDeletion?: boolean
}

/** Somebody asked for the operation to end: what was under way has come to its end, and nothing else is begun. */
export class TerminatedError extends Error {
  override readonly name = 'TerminatedError'
}

/**
 * Carries changes out, group by group. What fails does not stop the rest.
 * @throws RefusedError when somebody newer acts for the application
 * @throws TerminatedError when somebody does not want it any more
 */
export async function applyChanges(work: Work, changes: readonly Change[], mode: ApplyMode): Promise<ObjectOutcome[]> {
  const outcomes: ObjectOutcome[] = []
  const brought = broughtKinds(needed(work.desired).objects.map((desired) => desired.object))
  const waves = mode.waves ?? wavesOf(changes, { pruneLast: work.options.has('PruneLast') })
  for (const group of orderChanges(changes, waves)) {
    await awaitBroughtKinds(work, group, brought)
    const handled = await inParallel(group.changes, work.settings.parallelApplies, (change) =>
      isTerminated(work)
        ? undefined
        : isDesired(change)
          ? applyObject(work, change, mode)
          : pruneObject(work, change, mode),
    )
    if (isTerminated(work)) throw new TerminatedError(`application ${work.instance}: its operation is to end`)
    outcomes.push(...handled.filter((outcome) => outcome !== undefined))
  }
  return outcomes
}

/** Asked of what is known now: a look may take long. */
function isTerminated({ ports, uid }: Work): boolean {
  const application = ports.applications.get(uid)
  return application !== undefined && terminationOf(application) !== undefined
}

/** Objects of a kind that this very sync defines come after the cluster serves it. */
async function awaitBroughtKinds(work: Work, group: ChangeGroup, brought: ReadonlyMap<string, boolean>): Promise<void> {
  const first = group.changes.find(isDesired)
  if (!first || !brought.has(`${first.ref.group}/${first.ref.kind}`)) return
  await work.ports.clusters.untilServed(needed(work.cluster).name, first.ref, work.signal)
}

async function applyObject(work: Work, change: DesiredChange, { sync }: ApplyMode): Promise<ObjectOutcome> {
  const refused = await whyNotApplied(work, change)
  if (refused !== undefined) return failed(change, refused)
  const { clusters } = work.ports
  const cluster = needed(work.cluster).name
  try {
    const { fence, signal } = work
    const answer = await clusters.apply(cluster, change.desired.object, { fence, signal })
    const outcome = applied(change, answer)
    rememberApplied(work, change, answer, bySync(work, change, outcome, sync))
    return outcome
  } catch (error) {
    return failedCall(change, error)
  }
}

const unsupported = ['Replace', 'Force']

/** Why an object may not, or can not, be applied at all; undefined when the API server is to be asked. */
export async function whyNotApplied(work: Work, change: DesiredChange): Promise<string | undefined> {
  const { ref, desired } = change
  if (desired.lacksNamespace) return describeLackOfNamespace(ref)
  const option = unsupported.find((name) => desired.options.has(name) || work.options.has(name))
  if (option !== undefined)
    return `${nameOf(ref)}: the sync option ${option}=true is not supported yet; remove it, objects are applied server-side`
  const shared = sharedWith(work, change)
  if (shared !== undefined)
    return `${nameOf(ref)} is part of application ${shared} too, and FailOnSharedResource=true; take it out of one of them`
  const cluster = needed(work.cluster)
  const namespaced = await work.ports.clusters.isNamespaced(cluster.name, ref, work.signal).catch(() => undefined)
  const denied = objectDenied(needed(work.project), cluster, ref, namespaced ?? ref.namespace !== '')
  return denied === undefined ? undefined : `${nameOf(ref)}: ${denied}`
}

/** The other application that an object belongs to, where that shall make the sync fail. */
function sharedWith({ options, instance }: Work, { live }: Change): string | undefined {
  const owner = live?.instance ?? ''
  return options.has('FailOnSharedResource') && owner !== '' && owner !== instance ? owner : undefined
}

type BySync = Pick<AppliedRecord, 'sync' | 'result'>

/** An object that is put back was made by the sync before, and that one may still wait for it. */
function bySync(work: Work, { key }: Change, { result }: Applied, sync: string | undefined): BySync {
  const before = work.account.applied.get(key)
  return sync === undefined ? { sync: before?.sync ?? '', result: before?.result ?? result } : { sync, result }
}

function rememberApplied(work: Work, change: DesiredChange, answer: KubeObject, by: BySync): void {
  const live = toLiveObject(answer)
  const record: AppliedRecord = {
    cluster: needed(work.cluster).name,
    object: refOf(answer),
    release: needed(work.release).release,
    uid: live.uid,
    generation: live.generation,
    desiredDigest: change.desired.digest,
    projectionDigest: live.projection,
    ...by,
  }
  work.write(work.account.remember(change.key, record))
  if (change.desired.tracked) work.ports.live.index.take(record.cluster, answer)
}

type Applied = ObjectOutcome & { readonly result: AppliedRecord['result'] }

function applied(change: DesiredChange, answer: KubeObject): Applied {
  const { uid, generation, resourceVersion } = answer.metadata
  const isSame = change.live !== undefined && change.live.resourceVersion === resourceVersion
  const result = isSame ? 'unchanged' : isNewborn(change, answer) ? 'created' : 'configured'
  const message = describeApplied(change.ref, result)
  return { change, result, message, uid: uid ?? '', generation: generation ?? 0 }
}

/** What is said of an object that was applied. */
export function describeApplied({ kind, name }: ObjectRef, result: AppliedRecord['result']): string {
  return `${kind.toLowerCase()}/${name} ${result === 'unchanged' ? result : 'serverside-applied'}`
}

/** An apply does not say whether it created; an object that only we ever touched, in the second it was made, is new. */
function isNewborn(change: Change, answer: KubeObject): boolean {
  if (change.live) return change.live.uid !== answer.metadata.uid
  const { managedFields = [], creationTimestamp } = answer.metadata
  return managedFields.every((entry) => entry.manager === fieldManager && entry.time === creationTimestamp)
}

/** Why an object that left the source stays; undefined when this sync deletes it. */
export function whyKept(work: Work, change: Change, { prune, pruneHeld }: ApplyMode): string | undefined {
  return keptObject(work, change, prune) ?? pruneHeld
}

async function pruneObject(work: Work, change: Change, mode: ApplyMode): Promise<ObjectOutcome> {
  const kept = whyKept(work, change, mode)
  const about = { change, uid: change.live?.uid ?? '', generation: change.live?.generation ?? 0 }
  if (kept !== undefined) return { ...about, result: 'skipped', message: kept }
  try {
    await deleteObject(work, change)
    if (mode.awaitsDeletion) await lookForRemains(work, change)
    return { ...about, result: 'deleted', message: 'pruned' }
  } catch (error) {
    return failedCall(change, error)
  }
}

async function deleteObject(work: Work, change: Change): Promise<void> {
  const cluster = needed(work.cluster).name
  const { fence, signal, ports, account } = work
  const { uid } = change.live ?? {}
  const propagation = propagationOf(work.options.get('PrunePropagationPolicy'))
  await ports.clusters.delete(cluster, change.ref, { fence, signal, propagation, ...(uid ? { uid } : {}) })
  ports.live.index.forget(cluster, change.key)
  work.write(account.drop(change.key))
}

/** An object with finalizers goes later than it is deleted. */
async function lookForRemains(work: Work, { ref, live }: Change): Promise<void> {
  const cluster = needed(work.cluster).name
  const found = await work.ports.clusters.get(cluster, ref, work.signal)
  if (found && found.metadata.uid === live?.uid) work.ports.live.index.take(cluster, found)
}

/** How dependents go, by the word of the sync option. */
function propagationOf(word: string | undefined): 'Foreground' | 'Background' | 'Orphan' {
  if (word === 'background') return 'Background'
  return word === 'orphan' ? 'Orphan' : 'Foreground'
}

function failedCall(change: Change, error: unknown): ObjectOutcome {
  if (error instanceof RefusedError && !error.isFenced) return failed(change, error.message)
  if (error instanceof Later) return failed(change, describeError(error))
  throw error
}

function failed(change: Change, message: string): ObjectOutcome {
  return { change, result: 'failed', message, uid: '', generation: 0 }
}
