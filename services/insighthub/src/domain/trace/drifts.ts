import { driftDetected, type ObjectRef } from '@k8or/contracts'
import type { FactIndex } from './fact-index'
import type { IndexedFact } from './indexed-fact'

/** An object that somebody changed or deleted after it was deployed. */
export interface TracedDrift {
  readonly application: string
  readonly cluster: string
  readonly object: ObjectRef
  readonly how: 'changed' | 'deleted'
  readonly fields: readonly string[]
  readonly manager: string
  readonly seenAt: string
  /** Empty when it was not put back. */
  readonly repairedAt: string
}

const mostDrifts = 20

/** What drifted of the objects of a deployment since, the newest last, and when each was put back. */
export function findDrifts(index: Pick<FactIndex, 'during'>, deployment: readonly IndexedFact[]): TracedDrift[] {
  const releases = deployment.filter(({ fact }) => fact === 'release.rendered')
  return releases
    .flatMap((release) => driftsOf(index, release))
    .toSorted((one, other) => Date.parse(one.seenAt) - Date.parse(other.seenAt))
    .slice(-mostDrifts)
}

function driftsOf(index: Pick<FactIndex, 'during'>, { application, release, time }: IndexedFact): TracedDrift[] {
  const since = (fact: string) =>
    index.during(application, fact, { from: time, to: Infinity }).filter((each) => each.release === release)
  const repairs = new Map(since('drift.repaired').flatMap((fact) => fact.causes.map((cause) => [cause, fact.time])))
  return since('drift.detected').flatMap((detected) => tellDrift(detected, repairs.get(detected.id)))
}

function tellDrift({ data, time, applicationName }: IndexedFact, repaired: number | undefined): TracedDrift[] {
  const parsed = driftDetected.schema.safeParse(data)
  if (!parsed.success) return []
  const { cluster, object, kind, fields, manager } = parsed.data
  const repairedAt = repaired === undefined ? '' : new Date(repaired).toISOString()
  const about = { application: applicationName, cluster, object }
  return [{ ...about, how: kind, fields, manager, seenAt: new Date(time).toISOString(), repairedAt }]
}
