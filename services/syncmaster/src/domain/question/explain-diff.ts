import type { KubeObject } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import { comparable } from '../plan/compare'
import { inParallel } from '../sync/in-parallel'
import { predictChange, type ObjectDifference } from '../sync/predict-change'
import { plan } from '../sync/steps/plan'
import { readDesired, readRelease } from '../sync/steps/read-release'
import { readLive } from '../sync/steps/read-live'
import { resolveTarget } from '../sync/steps/resolve-target'
import { needed, type Work } from '../sync/work'

/**
 * Compares the newest release with the live objects, each by a dry run; `prune` asks for a sync that prunes, which one
 * by the Application's own policy may do anyway.
 * @throws Error with the reason when there is nothing to compare
 */
export async function explainDiff(work: Work, prune: boolean): Promise<ObjectDifference[]> {
  for (const step of [resolveTarget, readRelease, readDesired, readLive, plan]) {
    const stop = await step(work)
    if (stop) throw nothingToCompare(work)
  }
  const changes = needed(work.changes)
  return inParallel(changes, work.settings.parallelApplies, (change) =>
    predictChange(work, change, prune || work.policy.prune),
  )
}

function nothingToCompare({ conditions, lookAgain, isRejected }: Work): Error {
  const reason = [...conditions.values()].join('; ') || 'there is no release to compare with yet'
  return lookAgain && !isRejected ? new Later(reason) : new Error(reason)
}

/** An object as people compare it: without what the API server keeps for itself. */
export function printable(object: KubeObject | undefined): string {
  return object === undefined ? '' : JSON.stringify(comparable(object))
}
