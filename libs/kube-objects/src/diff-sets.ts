import type { ObjectRef } from '@k8or/contracts'
import { diffFields, type FieldChange } from './diff-fields'
import type { KubeObject } from './kube-object'
import { maskSecrets } from './mask-secrets'
import { keyOf, refOf } from './object-ref'

/** What became of one object from one set of objects to another. */
export interface ObjectChange {
  readonly ref: ObjectRef
  readonly change: 'added' | 'removed' | 'changed'
  /** `live` is the value before, `desired` the one after; images first. Of what was added or removed, none. */
  readonly fields: readonly FieldChange[]
}

/** The objects in which two sets differ, values of Secrets masked; those whose images changed come first. */
export function diffSets(before: readonly KubeObject[], after: readonly KubeObject[]): ObjectChange[] {
  const [were, are] = [byKey(before), byKey(after)]
  const changes = [...new Set([...were.keys(), ...are.keys()])].flatMap((key) => diffOne(were.get(key), are.get(key)))
  return changes.sort((one, other) => Number(hasImage(other)) - Number(hasImage(one)))
}

/** The last one counts where one is there twice, as in a sync. */
function byKey(objects: readonly KubeObject[]): Map<string, KubeObject> {
  return new Map(objects.map((object) => [keyOf(refOf(object)), object]))
}

function diffOne(before: KubeObject | undefined, after: KubeObject | undefined): ObjectChange[] {
  const either = after ?? before
  if (!either) return []
  const ref = refOf(either)
  if (!before || !after) return [{ ref, change: after ? 'added' : 'removed', fields: [] }]
  const [was, is] = maskSecrets([before, after])
  const fields = diffFields(was, is, { both: true })
  if (fields.length === 0) return []
  return [{ ref, change: 'changed', fields: fields.sort((a, b) => Number(isImage(b)) - Number(isImage(a))) }]
}

function hasImage({ fields }: ObjectChange): boolean {
  return fields.some(isImage)
}

function isImage({ path }: FieldChange): boolean {
  return path.at(-1) === 'image'
}
