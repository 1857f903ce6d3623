import { z } from 'zod'
import { applicationToken, bucketOf, instanceName, type ApplicationRecord } from '@k8or/contracts'
import { digestOf } from '../digest'
import { projectOf, sourcesOf, type Application } from './application'
import { holdOf, holdsOf } from './hold'
import { annotations } from './policy'

/** The record by which the other services know an Application. */
export function declarationOf(application: Application, controlNamespace: string): ApplicationRecord {
  const { uid, namespace, name, spec } = application
  const project = projectOf(spec)
  const sources = sourcesOf(spec)
  const releaseFloor = releaseFloorOf(application)
  return {
    ref: { uid, namespace, name, project },
    token: applicationToken(instanceName(namespace, name, controlNamespace), uid),
    bucket: bucketOf(uid),
    destination: spec.destination,
    sources,
    ...policiesOf(application),
    specDigest: digestOf({ project, destination: spec.destination, sources }),
    refresh: '',
    ...(releaseFloor > 0 ? { releaseFloor } : {}),
  }
}

/** No application comes to so many; people may have written any number, and further ones must have room above it. */
const mostReleases = 1_000_000_000

/** The newest release that the hub names; its number is not given a second time, though the record of it may be lost. */
export function releaseFloorOf(application: Application): number {
  const held = holdsOf(application).map(({ release }) => release)
  const deployed = (application.status.history ?? []).map(({ release = 0 }) => release)
  return newestOf([0, ...held, ...deployed].filter((release) => release <= mostReleases))
}

const Time = z.iso.datetime({ offset: true })

/**
 * When the newest deployment that the hub names ended, at the latest. Where that is missing, no time, or still to come, it
 * may have been at any time until it was first declared so: what is seen from then on is newer, and nothing that was seen
 * before passes for that.
 */
function lastDeployed({ status }: Application, known: string | undefined, now: Date): string {
  const newest = newestOf((status.history ?? []).map(({ deployedAt }) => timeOf(deployedAt)))
  if (newest <= now.getTime() && newest > -Infinity) return new Date(newest).toISOString()
  return known !== undefined && timeOf(known) <= now.getTime() ? known : now.toISOString()
}

function timeOf(text: string | null | undefined): number {
  return Date.parse(Time.safeParse(text).data ?? '')
}

/** NaN where one is. A history may be longer than a call may have arguments. */
function newestOf(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other), -Infinity)
}

const imageUpdater = 'argocd-image-updater.argoproj.io/'

/** The image policy, without the prefix of its annotations, and what keeps it from being followed. */
function policiesOf(application: Application): Pick<ApplicationRecord, 'imagePolicy' | 'hold'> {
  const entries = Object.entries(application.annotations).filter(([name]) => name.startsWith(imageUpdater))
  const hold = holdOf(application)
  const imagePolicy = Object.fromEntries(entries.map(([name, value]) => [name.slice(imageUpdater.length), value]))
  return {
    ...(entries.length > 0 && { imagePolicy }),
    ...(hold && { hold: { actor: hold.actor, reason: hold.reason, since: hold.since } }),
  }
}

/** Whether an Application asks to be looked at again, and how thoroughly. */
function refreshOf(application: Application): 'normal' | 'hard' | undefined {
  const asked = application.annotations[annotations.refresh]
  if (asked === undefined) return undefined
  return asked === 'hard' ? 'hard' : 'normal'
}

/** The declaration with what people asked for by annotation: each request to look again is told apart from the last. */
export function nextDeclaration(
  application: Application,
  controlNamespace: string,
  known: ApplicationRecord | undefined,
  now: Date,
): ApplicationRecord {
  const asked = refreshOf(application)
  const refresh = asked === undefined ? (known?.refresh ?? '') : `${asked}@${application.resourceVersion}`
  const declaration = { ...declarationOf(application, controlNamespace), refresh }
  if (declaration.releaseFloor === undefined) return declaration
  const before = known?.releaseFloor === declaration.releaseFloor ? known.deployedAt : undefined
  return { ...declaration, deployedAt: lastDeployed(application, before, now) }
}

/** Whether the others must hear of a declaration: it is new, or says something else than the record they know. */
export function saysMore(next: ApplicationRecord, known: ApplicationRecord | undefined): boolean {
  if (!known || policyOf(next) !== policyOf(known)) return true
  if (known.releaseFloor !== undefined && Number.isNaN(timeOf(known.deployedAt))) return true
  return next.specDigest !== known.specDigest || next.refresh !== known.refresh || next.token !== known.token
}

function policyOf({ imagePolicy, hold }: ApplicationRecord): string {
  return digestOf({ imagePolicy, hold })
}

/**
 * Whether a change of an Application means anything: the status that the mesh writes itself comes back as a change
 * too. Two Applications with one answer need no second look.
 */
export function attentionDigest(application: Application): string {
  const { spec, operation, annotations: marks, deletedAt, finalizers, problem, status } = application
  const isTerminating = status.operationState?.phase === 'Terminating'
  const relevant = Object.entries(marks).filter(([name]) => !name.startsWith('kubectl.kubernetes.io/'))
  return digestOf({
    spec,
    operation,
    marks: Object.fromEntries(relevant),
    deletedAt,
    finalizers,
    problem,
    isTerminating,
  })
}
