import type { KubeObject } from '@k8or/kube-objects'
import { Later, describeError } from '@k8or/outcome'
import type { Change } from '../plan/change'
import { RefusedError } from '../cluster/clusters'
import type { ObjectOutcome } from './outcome'
import { needed, type Work } from './work'

/** With CreateNamespace=true the destination's namespace is made first; it is not tracked and never pruned. */
export async function ensureNamespace(work: Work): Promise<ObjectOutcome[]> {
  const name = work.application.spec.destination.namespace
  const isDesired = needed(work.desired).objects.some(({ ref }) => ref.kind === 'Namespace' && ref.name === name)
  if (!work.options.has('CreateNamespace') || name === '' || isDesired) return []
  const ref = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name }
  const change: Change = { action: 'create', ref, key: `/Namespace//${name}`, wave: 0, cause: 'release', reason: '' }
  try {
    return await makeNamespace(work, change)
  } catch (error) {
    if (!(error instanceof Later) && !(error instanceof RefusedError && !error.isFenced)) throw error
    return [{ change, result: 'failed', message: describeError(error), uid: '', generation: 0 }]
  }
}

async function makeNamespace(work: Work, change: Change): Promise<ObjectOutcome[]> {
  const { clusters } = work.ports
  const cluster = needed(work.cluster).name
  const managed = work.application.spec.syncPolicy?.managedNamespaceMetadata
  if (!managed && (await clusters.get(cluster, change.ref, work.signal))) return []
  const { fence, signal } = work
  const answer = await clusters.apply(cluster, namespaceObject(change.ref.name, managed), { fence, signal })
  const { uid = '', generation = 0 } = answer.metadata
  return [{ change, result: 'created', message: `namespace/${change.ref.name} serverside-applied`, uid, generation }]
}

function namespaceObject(
  name: string,
  managed:
    | { labels?: Record<string, string> | null | undefined; annotations?: Record<string, string> | null | undefined }
    | null
    | undefined,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      ...(managed?.labels ? { labels: managed.labels } : {}),
      ...(managed?.annotations ? { annotations: managed.annotations } : {}),
    },
  }
}
