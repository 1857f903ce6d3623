import { managedMarks, type Health, type ObjectRef } from '@k8or/contracts'
import { refOf, splitApiVersion } from '@k8or/kube-objects'
import { judgeObject } from '../verdict/judge-object'

/** A Kubernetes object as it comes from a watch: only what is read here is named. */
export interface SeenObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[]
  }
  readonly spec?: unknown
}

/** All that is kept of an object: a few hundred bytes, whatever its size. It is judged the moment it is seen. */
export interface Sighting {
  readonly ref: ObjectRef
  readonly uid: string
  readonly generation: number
  /** The uid of the application that manages it; empty where none does. */
  readonly application: string
  /** False for hooks and for what asks to be left out of its application's health. */
  readonly counts: boolean
  readonly owners: readonly string[]
  readonly createdAt: string
  readonly images: readonly string[]
  readonly health: Health | null
}

/** Cuts an object down to what health and tree need. */
export function sight(object: SeenObject): Sighting {
  const { metadata } = object
  return {
    ref: refOf(object),
    uid: metadata.uid ?? '',
    generation: metadata.generation ?? 0,
    application: managerOf(object),
    counts: !isHook(metadata.annotations) && metadata.annotations?.['argocd.argoproj.io/ignore-healthcheck'] !== 'true',
    owners: (metadata.ownerReferences ?? []).map(({ uid }) => uid),
    createdAt: metadata.creationTimestamp ?? '',
    images: imagesOf(object.spec),
    health: judgeObject(object).health,
  }
}

/** Whether an object belongs to an application or may be part of a tree; others are not kept. */
export function isOfInterest({ application, owners }: Sighting): boolean {
  return application !== '' || owners.length > 0
}

/**
 * Controllers copy labels and annotations to what they make (an EndpointSlice has those of its Service): the tracking id
 * tells whose they are, and what a controller owns without one is not managed.
 */
function managerOf({ apiVersion, kind, metadata }: SeenObject): string {
  const application = metadata.labels?.[managedMarks.application] ?? ''
  const tracking = metadata.annotations?.[managedMarks.trackingId]
  if (tracking !== undefined)
    return tracking.includes(`:${splitApiVersion(apiVersion).group}/${kind}:`) && tracking.endsWith(`/${metadata.name}`)
      ? application
      : ''
  return metadata.ownerReferences?.some(({ controller }) => controller === true) ? '' : application
}

function isHook(annotations: SeenObject['metadata']['annotations'] = {}): boolean {
  const helm = annotations['helm.sh/hook'] ?? ''
  return (annotations['argocd.argoproj.io/hook'] ?? '') !== '' || (helm !== '' && helm !== 'crd-install')
}

interface PodSpec {
  readonly containers?: readonly { readonly image?: string }[]
  readonly initContainers?: readonly { readonly image?: string }[]
}

function imagesOf(spec: unknown): string[] {
  const own = (spec ?? {}) as PodSpec & { readonly template?: { readonly spec?: PodSpec } }
  const pods: PodSpec = own.template?.spec ?? own
  const containers = [pods.initContainers, pods.containers].flatMap((list) =>
    Array.isArray(list) ? (list as { image?: string }[]) : [],
  )
  return [...new Set(containers.flatMap(({ image }) => (typeof image === 'string' ? [image] : [])))]
}
