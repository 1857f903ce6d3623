import { bucketOf, managedMarks, type ObjectRef } from '@k8or/contracts'
import { keyOf, nameOf, refOf, type KubeObject } from '@k8or/kube-objects'
import { annotations, SyncOptions } from '../application/policy'
import { digestOf } from '../digest'
import { formatTracking } from './tracking'

/** One object as it is to be on the cluster. */
export interface DesiredObject {
  readonly ref: ObjectRef
  readonly key: string
  readonly object: KubeObject
  readonly digest: string
  readonly wave: number
  /** Custom resource definitions are shared by nature: they carry no mark of an application and are never pruned. */
  readonly tracked: boolean
  /** A hook of Argo CD or Helm: it has its own life and is no part of the lasting state. */
  readonly hook: string | undefined
  readonly options: SyncOptions
  /** Its kind has namespaces, and neither it nor the destination names one. */
  readonly lacksNamespace: boolean
}

/** What is to be done about an object without a namespace. */
export function describeLackOfNamespace(ref: ObjectRef): string {
  return `${nameOf(ref)} has no namespace: set spec.destination.namespace of the Application, or metadata.namespace of the object`
}

/** For whom objects are completed. */
export interface Owner {
  readonly uid: string
  readonly instance: string
  readonly destinationNamespace: string
}

/** Which kinds have no namespace; undefined where the cluster does not serve the kind. */
export type IsNamespaced = (object: KubeObject) => boolean | undefined

/** The objects of a release, completed for one destination, and what should be known about them. */
export interface DesiredSet {
  readonly objects: readonly DesiredObject[]
  /** Objects that stood in the manifests more than once: the last one won. */
  readonly repeated: readonly ObjectRef[]
  /** Objects of kinds that are never managed. */
  readonly excluded: readonly ObjectRef[]
}

/** Completes the manifests of a release: namespace, tracking, labels; the last of equal objects wins. */
export function completeObjects(
  manifests: readonly KubeObject[],
  owner: Owner,
  isNamespaced: IsNamespaced,
): DesiredSet {
  const byKey = new Map<string, DesiredObject>()
  const repeated: ObjectRef[] = []
  const excluded: ObjectRef[] = []
  for (const manifest of manifests) {
    const desired = completeObject(manifest, owner, isNamespaced(manifest))
    if (isExcluded(desired.ref)) excluded.push(desired.ref)
    else {
      if (byKey.has(desired.key)) repeated.push(desired.ref)
      byKey.set(desired.key, desired)
    }
  }
  return { objects: [...byKey.values()], repeated, excluded }
}

function completeObject(manifest: KubeObject, owner: Owner, namespaced: boolean | undefined): DesiredObject {
  const { namespace, ...metadata } = manifest.metadata
  // A kind that is not served is kept as it is: its apply will tell what is missing.
  const own = namespaced === false ? '' : namespace || (namespaced === true ? owner.destinationNamespace : '')
  const placed: KubeObject = { ...manifest, metadata: { ...metadata, ...(own === '' ? {} : { namespace: own }) } }
  const ref = refOf(placed)
  const tracked = !isCustomResourceDefinition(ref)
  const object = tracked ? withMarks(placed, owner, ref) : placed
  const marks = manifest.metadata.annotations ?? {}
  return {
    ref,
    key: keyOf(ref),
    object,
    digest: digestOf(object),
    wave: waveOf(marks),
    tracked,
    hook: hookOf(marks),
    options: SyncOptions.ofAnnotation(marks[annotations.syncOptions]),
    lacksNamespace: namespaced === true && own === '',
  }
}

function withMarks(object: KubeObject, owner: Owner, ref: ObjectRef): KubeObject {
  const { labels, annotations: marks } = object.metadata
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: {
        ...labels,
        [managedMarks.bucket]: String(bucketOf(owner.uid)),
        [managedMarks.application]: owner.uid,
      },
      annotations: {
        ...marks,
        [managedMarks.trackingId]: formatTracking(owner.instance, ref, owner.destinationNamespace),
      },
    },
  }
}

/** Whether this is a custom resource definition. */
export function isCustomResourceDefinition(ref: Pick<ObjectRef, 'group' | 'kind'>): boolean {
  return ref.kind === 'CustomResourceDefinition' && ref.group === 'apiextensions.k8s.io'
}

const excludedGroups = new Set(['events.k8s.io', 'metrics.k8s.io'])
const excludedKinds = new Set(['/Event', 'coordination.k8s.io/Lease'])

function isExcluded(ref: ObjectRef): boolean {
  return excludedGroups.has(ref.group) || excludedKinds.has(`${ref.group}/${ref.kind}`)
}

/** The wave of an object: an integer, negative ones first; what can not be read is Helm's weight, or 0. */
export function waveOf(marks: Readonly<Record<string, string>>): number {
  return integer(marks[annotations.syncWave]) ?? integer(marks[annotations.helmHookWeight]) ?? 0
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined
}

const ordinaryHelmHooks = new Set(['crd-install'])

function hookOf(marks: Readonly<Record<string, string>>): string | undefined {
  const own = marks[annotations.hook]?.trim()
  if (own) return own
  const helm = marks[annotations.helmHook]?.trim()
  return helm && !ordinaryHelmHooks.has(helm) ? helm : undefined
}

/** The kinds that the custom resource definitions among the manifests bring along, with whether they are namespaced. */
export function broughtKinds(manifests: readonly KubeObject[]): Map<string, boolean> {
  const brought = new Map<string, boolean>()
  for (const manifest of manifests) {
    const spec = manifest['spec'] as { group?: string; scope?: string; names?: { kind?: string } } | undefined
    if (!isCustomResourceDefinition(refOf(manifest)) || !spec?.names?.kind) continue
    brought.set(`${spec.group ?? ''}/${spec.names.kind}`, spec.scope !== 'Cluster')
  }
  return brought
}
