import type { Problem, ReleaseRecord } from '@k8or/contracts'
import { nameOf, splitApiVersion, type KindRef, type KubeObject } from '@k8or/kube-objects'
import { declarationOf, releaseFloorOf } from '../../application/declaration'
import { holdOf } from '../../application/hold'
import { endHold } from '../../rollback/change-hold'
import { isReverted } from '../../rollback/revert-git'
import { heldRelease } from '../../rollback/hold-back'
import {
  broughtKinds,
  completeObjects,
  describeLackOfNamespace,
  type DesiredSet,
  type IsNamespaced,
} from '../../plan/desired'
import { needed, type EndOfLook, type Work } from '../work'

/** Reads which release is to be on the cluster. */
export async function readRelease(work: Work): Promise<EndOfLook | undefined> {
  const wanted = work.askedRelease ?? heldRelease(work.application, work.account.sync?.release)
  return wanted === undefined ? readNewest(work) : readEarlier(work, wanted)
}

/** The one where the application is held, or that a question is about; what the sources say now is known besides. */
async function readEarlier(work: Work, wanted: number): Promise<EndOfLook | undefined> {
  const { releases } = work.ports
  const [release, newest] = [await releases.get(work.uid, wanted), await releases.latest(work.uid)]
  if (!release) {
    const message = `release ${wanted}, to be on the cluster, is not kept any more: resume the application (k8or app resume ${work.application.name}), or go back to one that is kept`
    await work.account.noteDecision('not kept', message, wanted)
    return work.unknown('ComparisonError', message)
  }
  work.release = release
  if (newest && newest.release !== wanted) work.newer = newest
  await endRevertedHold(work)
  return undefined
}

/** A rollback that git was reverted for is over once that is rendered: the next look goes on from there. */
async function endRevertedHold(work: Work): Promise<void> {
  const { application, release, newer, ports, signal } = work
  const reverts = holdOf(application)?.reverts ?? []
  if (application.operation || work.askedRelease !== undefined || !release || !newer) return
  if (!isReverted(reverts, release, newer)) return
  await endHold(ports.applications, application, signal)
  ports.marks.mark(work.uid)
}

/** The newest release, when it is what the Application declares now. */
async function readNewest(work: Work): Promise<EndOfLook | undefined> {
  const release = await work.ports.releases.latest(work.uid)
  const { specDigest } = declarationOf(work.application, work.settings.controlNamespace)
  if (!release || release.specDigest !== specDigest) {
    const reason = release
      ? 'its declaration changed, and no release of it is there yet'
      : 'no release of it is there yet'
    await work.account.noteDecision('waits for a release', reason, release?.release ?? 0)
    work.isWaiting = true
    return 'report'
  }
  const newest = newestRelease(work)
  if (release.release < newest) {
    const reason = `release ${release.release} is older than release ${newest}, which was applied already${nextStep(work, newest)}`
    await work.account.noteDecision('ignored', reason, newest)
    work.isWaiting = true
    return 'report'
  }
  work.release = release
  const repeated = release.warnings.filter((warning) => warning.reason === 'RepeatedResource')
  if (repeated.length > 0) work.conditions.set('RepeatedResourceWarning', repeated.map(describeProblem).join('; '))
  if (release.problems.length === 0) return undefined
  const message = release.problems.map(describeProblem).join('; ')
  await work.account.noteDecision('not rendered', message, release.release)
  return work.unknown('ComparisonError', message)
}

/** The newest release of which anything was applied: nothing older comes after it, whatever the record says. It may be older than what the hub remembers. */
function newestRelease({ account, application }: Work): number {
  const applied = [...account.applied.values()].map((row) => row.release)
  return Math.max(account.sync?.release ?? 0, releaseFloorOf(application), ...applied)
}

/** Where only the hub remembers the newer one, the bus was restored from an older copy. */
function nextStep({ account, application }: Work, newest: number): string {
  if ((account.sync?.release ?? 0) >= newest) return ''
  return `: it goes on when a newer commit is seen, or is asked to (k8or app refresh --hard ${application.name})`
}

function describeProblem(problem: Problem): string {
  const { file, line, message } = problem
  if (file === undefined || message.includes(file)) return message
  return `${[file, line].filter((part) => part !== undefined).join(':')}: ${message}`
}

/** Fetches the manifests of the release and completes its objects for the destination. */
export async function readDesired(work: Work): Promise<EndOfLook | undefined> {
  const release = needed(work.release)
  const key = desiredKey(work, release)
  const known = work.ports.desiredSets.get(key)
  work.desired = known ?? (await complete(work, release))
  if (!known) work.ports.desiredSets.put(key, work.desired)
  warnOf(work, work.desired)
  return undefined
}

function desiredKey(work: Work, release: ReleaseRecord): string {
  const { destination } = work.application.spec
  return [work.uid, release.digest, needed(work.cluster).name, destination.namespace, work.instance].join(' ')
}

async function complete(work: Work, release: ReleaseRecord): Promise<DesiredSet> {
  const manifests = await work.ports.releases.manifests(release, work.signal)
  const owner = {
    uid: work.uid,
    instance: work.instance,
    destinationNamespace: work.application.spec.destination.namespace,
  }
  return completeObjects(manifests, owner, await scopesOf(work, manifests))
}

/** Asks the cluster once per kind; what a definition among the manifests brings need not be there yet. */
async function scopesOf(work: Work, manifests: readonly KubeObject[]): Promise<IsNamespaced> {
  const brought = broughtKinds(manifests)
  const kinds = new Map(manifests.map((manifest) => [kindKey(manifest), kindOf(manifest)]))
  const scopes = new Map<string, boolean | undefined>()
  const cluster = needed(work.cluster).name
  for (const [key, kind] of kinds) {
    const served = await work.ports.clusters.isNamespaced(cluster, kind, work.signal)
    scopes.set(key, served ?? brought.get(`${kind.group}/${kind.kind}`))
  }
  return (manifest) => scopes.get(kindKey(manifest))
}

function kindKey(manifest: KubeObject): string {
  return `${manifest.apiVersion}/${manifest.kind}`
}

function kindOf(manifest: KubeObject): KindRef {
  return { ...splitApiVersion(manifest.apiVersion), kind: manifest.kind }
}

function warnOf(work: Work, desired: DesiredSet): void {
  const names = (refs: DesiredSet['repeated']): string => refs.slice(0, 5).map(nameOf).join(', ')
  if (desired.repeated.length > 0)
    work.conditions.set(
      'RepeatedResourceWarning',
      `${names(desired.repeated)} is there more than once; the last one counts`,
    )
  if (desired.excluded.length > 0)
    work.conditions.set('ExcludedResourceWarning', `${names(desired.excluded)} is of a kind that is never managed`)
  const unplaced = desired.objects.filter(({ lacksNamespace }) => lacksNamespace).slice(0, 5)
  if (unplaced.length > 0)
    work.conditions.set('InvalidSpecError', unplaced.map(({ ref }) => describeLackOfNamespace(ref)).join('; '))
}
