import { describeError, Later } from '@k8or/outcome'
import type { ObjectRef } from '@k8or/contracts'
import { keyOf, nameOf } from '@k8or/kube-objects'
import { describeApproval, isApprovedSince } from '../../application/approval'
import { readFinalizers } from '../../application/finalizers'
import { SyncOptions, syncOptionsOf } from '../../application/policy'
import type { LiveObject } from '../../drift/live-object'
import { isCustomResourceDefinition } from '../../plan/desired'
import { RefusedError, type Fence } from '../../cluster/clusters'
import { readDestination } from '../../project/destination'
import { whyStopped } from '../emergency-stop'
import { inParallel } from '../in-parallel'
import type { EndOfLook, Work } from '../work'

/** Deletes what an Application made, when it is deleted and its finalizer says so (A9). */
export async function deleteApplication(work: Work): Promise<EndOfLook | undefined> {
  const { application } = work
  if (application.deletedAt === undefined) return undefined
  const { cascade, preDelete, postDelete, foreign } = readFinalizers(application.finalizers)
  if ((cascade ?? preDelete ?? postDelete) === undefined) return 'silent'
  const destination = readDestination(application.spec.destination)
  const cluster = 'problem' in destination ? destination : await work.ports.targets.resolve(destination, work.signal)
  const stopped = whyStopped(work, 'problem' in cluster ? '' : cluster.name)
  if (stopped !== undefined) return work.unknown('DeletionError', stopped)
  if ('problem' in cluster) {
    // Nobody can delete on a cluster that is not known: holding the Application back would help nobody.
    if (!('isDeclared' in cluster) || !cluster.isDeclared) return release(work, foreign)
    work.lookAgain = { delayMs: 30_000, reason: 'the cluster of its destination can not be reached' }
    return work.unknown('DeletionError', cluster.problem)
  }
  if (preDelete !== undefined) return heldByHooks(work, 'PreDelete', preDelete)
  try {
    if (cascade !== undefined && !(await cascadeTo(work, cluster.name, cascade)))
      return work.conditions.size > 0 ? 'report' : 'silent'
    return postDelete === undefined ? 'silent' : await heldByHooks(work, 'PostDelete', postDelete)
  } catch (error) {
    if (!(error instanceof Later) && !(error instanceof RefusedError)) throw error
    work.conditions.set('DeletionError', describeError(error))
    work.lookAgain = { delayMs: 10_000, reason: 'the deletion failed' }
    return work.unknown('DeletionError', describeError(error))
  }
}

/** Deletes the objects; answers whether all are gone, and then the Application need not wait for them any more. */
async function cascadeTo(work: Work, cluster: string, finalizer: string): Promise<boolean> {
  const ours = (await findOurs(work, cluster)).filter((live) => isDeletable(work, live))
  const unapproved = ours.filter((live) => deleteOption(work, live) === 'confirm' && !isApproved(work))
  if (unapproved.length > 0) return heldForApproval(work, unapproved)
  const remaining = await deleteObjects(work, cluster, ours, finalizer.endsWith('/background'))
  if (remaining > 0) {
    await work.ports.marks.later(work.uid, 2000, 'objects of a deleted application are still there')
    return false
  }
  await release(
    work,
    work.application.finalizers.filter((name) => name !== finalizer),
  )
  return true
}

function isApproved({ application }: Work): boolean {
  return isApprovedSince(application, application.deletedAt ?? '')
}

/** Nothing is deleted before all that asks for it is approved: half an application helps nobody. */
function heldForApproval(work: Work, [first, ...others]: readonly LiveObject[]): boolean {
  const more = others.length > 0 ? ` and ${others.length} more objects` : ''
  work.unknown('DeletionError', `${first ? nameOf(first.ref) : ''}${more}: ${describeApproval('deletion')}`)
  return false
}

/** Hooks are not run yet, and to let the Application go as if they had been would be a lie. */
async function heldByHooks(work: Work, phase: 'PreDelete' | 'PostDelete', finalizer: string): Promise<EndOfLook> {
  const message = `the deletion waits for ${phase} hooks, which are not run yet: do by hand what they would, then remove ${finalizer} from metadata.finalizers`
  await work.account.noteDecision('waits to be deleted', message, 0)
  return work.unknown('DeletionError', message)
}

async function release(work: Work, finalizers: readonly string[]): Promise<EndOfLook> {
  const { resourceVersion } = work.application
  const metadata = { finalizers: [...finalizers], resourceVersion }
  await work.ports.applications.patch(work.application, { metadata }, work.signal)
  return 'silent'
}

/** Deletes what is ours, the highest wave first; answers how many objects are still there. */
async function deleteObjects(
  work: Work,
  cluster: string,
  live: readonly LiveObject[],
  inBackground: boolean,
): Promise<number> {
  const waves = live.map((object) => object.wave)
  const highest = live.filter((object) => object.wave === Math.max(...waves) && !object.deleting)
  const propagation = inBackground ? 'Background' : 'Foreground'
  await inParallel(highest, work.settings.parallelApplies, async (object) => {
    const options = { fence: fenceOf(work), signal: work.signal, propagation, uid: object.uid } as const
    await work.ports.clusters.delete(cluster, object.ref, options)
  })
  return (await findOurs(work, cluster)).filter((object) => isDeletable(work, object)).length
}

function fenceOf(work: Work): Fence {
  // A sync that was refused may have shown the gate a newer release than any object carries.
  const tried = work.account.sync?.release ?? 1
  const release = Math.max(1, tried, ...[...work.account.applied.values()].map((row) => row.release))
  return { application: work.uid, release, setbacks: work.setbacks, lease: work.lease }
}

function isDeletable(work: Work, live: LiveObject): boolean {
  return !isCustomResourceDefinition(live.ref) && deleteOption(work, live) !== 'false' && !live.keep
}

/** What an object says of its deletion, else what its application says. */
function deleteOption({ application }: Work, { syncOptions }: LiveObject): string | undefined {
  return SyncOptions.ofAnnotation(syncOptions).get('Delete') ?? syncOptionsOf(application).get('Delete')
}

/** What is ours by its own tracking id, asked object by object: only what is there now counts. */
async function findOurs(work: Work, cluster: string): Promise<LiveObject[]> {
  const { index } = work.ports.live
  const rows = [...work.account.applied.values()].filter((row) => row.cluster === cluster).map((row) => row.object)
  const listed = (work.application.status.resources ?? []).map(toRef)
  const seen = index.ofApplication(cluster, work.uid).map((live) => live.ref)
  const refs = [...new Map([...rows, ...listed, ...seen].map((ref) => [keyOf(ref), ref])).values()]
  await inParallel(refs, 8, async (ref) => {
    const object = await work.ports.clusters.get(cluster, ref, work.signal)
    if (object) index.take(cluster, object)
    else index.forget(cluster, keyOf(ref))
  })
  const found = refs.flatMap((ref) => index.find(cluster, keyOf(ref)) ?? [])
  return found.filter((live) => live.instance === work.instance)
}

function toRef(resource: {
  group?: string | undefined
  version?: string | undefined
  kind: string
  namespace?: string | undefined
  name: string
}): ObjectRef {
  const { group = '', version = 'v1', kind, namespace = '', name } = resource
  return { group, version, kind, namespace, name }
}
