import { alwaysJudged, type Health, type HealthStatus, type ObjectRef } from '@k8or/contracts'
import type { ApplicationStatus } from '../application/application-status'
import { nameOf } from '@k8or/kube-objects'

/** What InsightHub said of an object, or of an application as a whole. */
export interface Verdict {
  readonly uid: string
  readonly generation: number
  readonly health: Health | null
}

/** A managed object as far as its health is concerned. */
export interface JudgedObject {
  readonly ref: ObjectRef
  readonly uid: string
  readonly generation: number
  readonly isLive: boolean
  readonly verdict: Verdict | undefined
}

/** Whether the verdict on an object is about what was applied last, not about what was there before. */
export function isJudged({ ref, uid, generation, isLive, verdict }: JudgedObject): boolean {
  if (!isLive) return true
  if (!verdict) return !alwaysJudged.has(`${ref.group}/${ref.kind}`)
  return verdict.uid === uid && verdict.generation >= generation
}

/** The health of an application: InsightHub's word, once it has seen everything that was applied. */
export function applicationHealth(
  objects: readonly JudgedObject[],
  verdict: Verdict | undefined,
  before: ApplicationStatus['health'],
  now: string,
): { status: string; lastTransitionTime?: string } {
  const status = healthWord(objects, verdict)
  const { lastTransitionTime } = before ?? {}
  const since = before?.status === status && lastTransitionTime ? lastTransitionTime : now
  const message = status === verdict?.health?.status ? verdict.health.message : ''
  return { status, lastTransitionTime: since, ...(message === '' ? {} : { message }) }
}

function healthWord(objects: readonly JudgedObject[], verdict: Verdict | undefined): HealthStatus {
  if (!objects.some((object) => object.isLive)) return objects.length === 0 ? 'Healthy' : 'Missing'
  if (objects.some((object) => !isJudged(object))) return 'Progressing'
  return verdict?.health?.status ?? 'Progressing'
}

/** The health of one object, as the status lists it; absent where no rule has an opinion. */
export function objectHealth(object: JudgedObject): { status: string; message?: string } | undefined {
  if (!object.isLive) return { status: 'Missing' }
  if (!isJudged(object)) return { status: 'Progressing', message: `${nameOf(object.ref)} was just applied` }
  const health = object.verdict?.health
  if (!health) return undefined
  return { status: health.status, ...(health.message === '' ? {} : { message: health.message }) }
}
