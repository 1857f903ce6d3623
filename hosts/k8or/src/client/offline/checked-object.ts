import type { KubeObject } from '@k8or/kube-objects'
import { CommandError } from '../errors'

/** An object of a file, which must say what it is. */
export function checkedObject(object: Record<string, unknown>, file: string): KubeObject {
  const { apiVersion, kind, metadata } = object
  const isObject =
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null
  if (!isObject)
    throw new CommandError(`${file} holds no Kubernetes object`, 'an object needs apiVersion, kind and metadata')
  return object as unknown as KubeObject
}
