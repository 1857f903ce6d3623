import type { ObjectRef } from '@k8or/contracts'

/** Whose an object is, as its tracking annotation says. */
export interface Tracking {
  readonly instance: string
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** The tracking id of an object: `<instance>:<group>/<kind>:<namespace>/<name>`, as Argo CD writes it. */
export function formatTracking(instance: string, ref: ObjectRef, destinationNamespace: string): string {
  // Argo CD writes the destination's namespace for cluster-scoped objects; the same here, so that moving changes nothing.
  const namespace = ref.namespace === '' ? destinationNamespace : ref.namespace
  return `${instance}:${ref.group}/${ref.kind}:${namespace}/${ref.name}`
}

/** Reads a tracking id: split on the first two colons, each later part with one slash; anything else is untracked. */
export function parseTracking(id: string | undefined): Tracking | undefined {
  if (id === undefined) return undefined
  const first = id.indexOf(':')
  const second = id.indexOf(':', first + 1)
  if (first <= 0 || second < 0) return undefined
  const type = id.slice(first + 1, second).split('/')
  const object = id.slice(second + 1).split('/')
  if (type.length !== 2 || object.length !== 2) return undefined
  const [group = '', kind = ''] = type
  const [namespace = '', name = ''] = object
  return { instance: id.slice(0, first), group, kind, namespace, name }
}

/** Whether a tracking id speaks of the object that carries it: a copy of an object carries the id of its original. */
export function describes(tracking: Tracking, ref: ObjectRef): boolean {
  const sameNamespace = ref.namespace === '' || tracking.namespace === ref.namespace
  return tracking.group === ref.group && tracking.kind === ref.kind && tracking.name === ref.name && sameNamespace
}

/** The instance that an object belongs to by its own tracking id. */
export function instanceOf(id: string | undefined, ref: ObjectRef): string | undefined {
  const tracking = parseTracking(id)
  return tracking && describes(tracking, ref) ? tracking.instance : undefined
}
