import type { AppliedRecord } from '@k8or/contracts'
import { nameOf } from '@k8or/kube-objects'
import type { LiveObject } from '../drift/live-object'
import type { Change } from './change'
import type { DesiredObject } from './desired'
import type { Cause } from './change'

/** What a plan is made of. */
export interface PlanInput {
  readonly desired: readonly DesiredObject[]
  /** What is known of the objects on the cluster, by key. */
  readonly live: (key: string) => LiveObject | undefined
  /** What was last applied, by key. */
  readonly applied: ReadonlyMap<string, AppliedRecord>
  readonly cluster: string
  /** Objects that may be ours and are no longer desired. */
  readonly surplus: readonly LiveObject[]
}

/** Everything that is to be done to make the cluster what a release says; one entry per object. */
export interface ChangeSet {
  readonly changes: readonly Change[]
}

/** Compares what is desired with what was applied and what is known to be live. Asks nobody. */
export function planChanges(input: PlanInput): ChangeSet {
  const desired = input.desired.filter((object) => object.hook === undefined).map((object) => planObject(object, input))
  const hooks = input.desired.filter((object) => object.hook !== undefined && object.hook !== 'Skip').map(planHook)
  const surplus = input.surplus.map(planSurplus)
  return { changes: [...desired, ...hooks, ...surplus] }
}

function planObject(desired: DesiredObject, input: PlanInput): Change {
  const live = input.live(desired.key)
  const applied = appliedOn(input, desired.key)
  const about = { ref: desired.ref, key: desired.key, wave: desired.wave, desired, ...(live ? { live } : {}) }
  const change = (action: Change['action'], cause: Cause, reason: string): Change => ({
    ...about,
    action,
    cause,
    reason,
  })

  if (!applied) return change(live ? 'configure' : 'create', 'release', 'was not applied yet')
  if (applied.desiredDigest !== desired.digest)
    return change(live || !desired.tracked ? 'configure' : 'create', 'release', 'the release changed it')
  if (!desired.tracked) return change('unchanged', 'release', '')
  if (!live) return change('create', 'deleted', 'was deleted on the cluster')
  if (live.projection !== applied.projectionDigest) return change('configure', 'changed', 'was changed on the cluster')
  if (live.deleting) return change('unchanged', 'release', 'is being deleted; it is made anew once it is gone')
  return change('unchanged', 'release', '')
}

function appliedOn(input: PlanInput, key: string): AppliedRecord | undefined {
  const applied = input.applied.get(key)
  return applied?.cluster === input.cluster ? applied : undefined
}

function planHook(desired: DesiredObject): Change {
  return {
    action: 'skip',
    ref: desired.ref,
    key: desired.key,
    wave: desired.wave,
    cause: 'release',
    reason: `${nameOf(desired.ref)} is a ${String(desired.hook)} hook: hooks are not run yet`,
    desired,
  }
}

function planSurplus(live: LiveObject): Change {
  const about = { ref: live.ref, key: live.key, wave: live.wave, live, cause: 'release' as const }
  if (live.deleting) return { ...about, action: 'unchanged', reason: 'is being deleted' }
  return { ...about, action: 'delete', reason: 'is no longer in the source' }
}

/** How many objects a plan creates, configures, deletes and leaves as they are. */
export function countChanges(changes: readonly Change[]): {
  create: number
  configure: number
  delete: number
  unchanged: number
} {
  const count = (action: Change['action']): number => changes.filter((change) => change.action === action).length
  return {
    create: count('create'),
    configure: count('configure'),
    delete: count('delete'),
    unchanged: count('unchanged'),
  }
}

/** The objects of an application that are not desired any more, by their own tracking id. */
export function findSurplus(
  candidates: readonly LiveObject[],
  desired: readonly DesiredObject[],
  instance: string,
): LiveObject[] {
  const wanted = new Set(desired.map((object) => object.key))
  const ours = candidates.filter((live) => live.instance === instance && !wanted.has(live.key))
  return [...new Map(ours.map((live) => [live.key, live])).values()]
}
