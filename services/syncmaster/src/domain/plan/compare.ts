import { managedMarks } from '@k8or/contracts'
import { diffFields, type FieldChange, type KubeObject } from '@k8or/kube-objects'

const bookkeeping = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
])
const ownLabels: ReadonlySet<string> = new Set([managedMarks.bucket, managedMarks.application])

/**
 * What an apply would change of a live object, by the API server's own prediction. The mesh's labels do not count: an
 * object that Argo CD manages is not out of sync for the lack of them.
 */
export function compareWithPrediction(live: KubeObject, predicted: KubeObject, limit = 1000): FieldChange[] {
  return diffFields(comparable(live), comparable(predicted), { both: true, limit })
}

/** An object without what the API server keeps for itself, without status and without the mesh's own labels. */
export function comparable(object: KubeObject): Record<string, unknown> {
  const { status: _status, metadata, ...content } = object
  const kept = Object.entries(metadata).filter(([name]) => !bookkeeping.has(name) && name !== 'labels')
  const labels = Object.entries(metadata.labels ?? {}).filter(([name]) => !ownLabels.has(name))
  return {
    ...content,
    metadata: { ...Object.fromEntries(kept), ...(labels.length ? { labels: Object.fromEntries(labels) } : {}) },
  }
}
