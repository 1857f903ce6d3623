import { fieldManager } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { ownsPath } from '../drift/projection'
import { isDesired, type Change, type DesiredChange } from '../plan/change'
import { compareWithPrediction } from '../plan/compare'
import { formatPath, maskSecrets } from '@k8or/kube-objects'
import { RefusedError } from '../cluster/clusters'
import { whyNotApplied } from './apply-changes'
import { keptObject } from './kept-object'
import { needed, type Work } from './work'

/** One field that an apply would change. */
export interface FieldDifference {
  readonly path: string
  readonly live: string
  readonly desired: string
  /** Who owns the live value, where that is not the mesh. */
  readonly manager: string
}

/** What a sync would do to one object, by the API server's own prediction. */
export interface ObjectDifference {
  readonly change: Change
  readonly action: 'create' | 'configure' | 'delete' | 'keep' | 'unchanged' | 'skip'
  readonly fields: readonly FieldDifference[]
  readonly live: KubeObject | undefined
  readonly predicted: KubeObject | undefined
  /** Why it is kept or skipped. */
  readonly reason: string
  /** Why it would not be taken. */
  readonly problem: string
}

/** What a sync that prunes, or does not, would do to one object. */
export async function predictChange(work: Work, change: Change, prune: boolean): Promise<ObjectDifference> {
  if (change.action !== 'skip' && isDesired(change)) return predictDesired(work, change)
  const live = await work.ports.clusters.get(needed(work.cluster).name, change.ref, work.signal)
  const [masked] = maskSecrets([live])
  const about = { change, fields: [], live: masked, predicted: undefined, problem: '' }
  if (change.action === 'skip') return { ...about, action: 'skip', reason: change.reason }
  if (!live || change.action === 'unchanged') return { ...about, action: 'unchanged', reason: change.reason }
  const kept = keptObject(work, change, prune)
  return { ...about, action: kept === undefined ? 'delete' : 'keep', reason: kept ?? '' }
}

async function predictDesired(work: Work, change: DesiredChange): Promise<ObjectDifference> {
  const { clusters } = work.ports
  const cluster = needed(work.cluster).name
  const refused = await whyNotApplied(work, change)
  if (refused !== undefined) return difference(change, undefined, undefined, refused)
  const live = await clusters.get(cluster, change.ref, work.signal)
  try {
    const options = { fence: work.fence, signal: work.signal, dryRun: true }
    return difference(change, live, await clusters.apply(cluster, change.desired.object, options), '')
  } catch (error) {
    if (!(error instanceof RefusedError) || error.isFenced) throw error
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
  const isThere = live !== undefined || change.live !== undefined
  const action = !isThere ? 'create' : fields.length > 0 || problem !== '' ? 'configure' : 'unchanged'
  return { change, action, fields, live: masked, predicted, reason: '', problem }
}

const longestValue = 200

function fieldDifferences(live: KubeObject, predicted: KubeObject): FieldDifference[] {
  return compareWithPrediction(live, predicted, 200).map((change) => ({
    path: formatPath(change.path),
    live: shorten(change.live),
    desired: shorten(change.desired),
    manager: otherManagerOf(live, change.path),
  }))
}

function shorten(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function otherManagerOf(live: KubeObject, path: Parameters<typeof formatPath>[0]): string {
  const entries = live.metadata.managedFields ?? []
  const owner = entries.find((entry) => !entry.subresource && ownsPath(entry, live, path))?.manager ?? ''
  return owner === fieldManager ? '' : owner
}
