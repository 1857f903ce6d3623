import type { KubeObject } from '../kube-object'
import { isDesired, type Change, type DesiredChange } from '../plan/change'
import { comparable, compareWithPrediction } from '../plan/compare'
import { formatPath } from '../plan/diff'
import { maskSecrets } from '../plan/mask-secrets'
import { ownsPath } from '../drift/projection'
import { RefusedError } from '../ports'
import { inParallel } from './in-parallel'
import { readDesired, readRelease } from './steps/read-release'
import { readLive } from './steps/read-live'
import { plan } from './steps/plan'
import { resolveTarget } from './steps/resolve-target'
import { needed, type Work } from './work'

/** One field that an apply would change. */
export interface FieldDifference {
  readonly path: string
  readonly live: string
  readonly desired: string
  readonly manager: string
}

/** What a sync would do to one object, by the API server's own prediction. */
export interface ObjectDifference {
  readonly change: Change
  readonly action: 'create' | 'configure' | 'delete' | 'unchanged' | 'skip'
  readonly fields: readonly FieldDifference[]
  readonly live: KubeObject | undefined
  readonly predicted: KubeObject | undefined
  /** Why the API server would not take it. */
  readonly problem: string
}

/**
 * Compares the newest release with the live objects, each by a dry run.
 * @throws Error with the reason when there is nothing to compare
 */
export async function explainDiff(work: Work): Promise<ObjectDifference[]> {
  for (const step of [resolveTarget, readRelease, readDesired, readLive, plan]) {
    const stop = await step(work)
    if (stop) throw new Error([...work.conditions.values()].join('; ') || 'there is no release to compare with yet')
  }
  return inParallel(needed(work.changes), work.settings.parallelApplies, (change) => explain(work, change))
}

async function explain(work: Work, change: Change): Promise<ObjectDifference> {
  const live = await work.ports.clusters.get(needed(work.cluster).name, change.ref, work.signal)
  if (change.action === 'skip')
    return { change, action: 'skip', fields: [], live, predicted: undefined, problem: change.reason }
  if (!isDesired(change)) return explainSurplus(change, live)
  return explainDesired(work, change, live)
}

function explainSurplus(change: Change, live: KubeObject | undefined): ObjectDifference {
  const [masked] = maskSecrets([live])
  return { change, action: live ? 'delete' : 'unchanged', fields: [], live: masked, predicted: undefined, problem: '' }
}

async function explainDesired(
  work: Work,
  change: DesiredChange,
  live: KubeObject | undefined,
): Promise<ObjectDifference> {
  try {
    const options = { fence: work.fence, signal: work.signal, dryRun: true }
    const answer = await work.ports.clusters.apply(needed(work.cluster).name, change.desired.object, options)
    return difference(change, live, answer, '')
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return difference(change, live, undefined, error.message)
  }
}

function difference(
  change: DesiredChange,
  live: KubeObject | undefined,
  answer: KubeObject | undefined,
  problem: string,
): ObjectDifference {
  const [masked, predicted] = maskSecrets([live, answer])
  const fields = masked && predicted ? fieldDifferences(masked, predicted) : []
  const action = !live ? 'create' : fields.length > 0 || problem !== '' ? 'configure' : 'unchanged'
  return { change, action, fields, live: masked, predicted, problem }
}

const longestValue = 200

function fieldDifferences(live: KubeObject, predicted: KubeObject): FieldDifference[] {
  return compareWithPrediction(live, predicted, 200).map((change) => ({
    path: formatPath(change.path),
    live: shorten(change.live),
    desired: shorten(change.desired),
    manager: managerOf(live, change.path),
  }))
}

function shorten(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function managerOf(live: KubeObject, path: Parameters<typeof formatPath>[0]): string {
  const entries = live.metadata.managedFields ?? []
  return entries.find((entry) => !entry.subresource && ownsPath(entry, live, path))?.manager ?? ''
}

/** An object as people compare it: without what the API server keeps for itself. */
export function printable(object: KubeObject | undefined): string {
  return object === undefined ? '' : JSON.stringify(comparable(object))
}
