import type { KubeObject } from '@k8or/kube-objects'
import { CommandError } from '../errors'

/** An object of a file, which must say what it is. */
export function checkedObject(object: Record<string, unknown>, file: string): KubeObject {
  const { apiVersion, kind, metadata } = object
  const isObject =
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata === 'object' && metadata !== null
  const name = isObject ? (metadata as { name?: unknown }).name : undefined
  if (name !== undefined && typeof name !== 'string')
    throw new CommandError(`${file} holds a ${kind as string} whose metadata.name is no text`, 'quote the name')
  if (!isObject)
    throw new CommandError(`${file} holds no Kubernetes object`, 'an object needs apiVersion, kind and metadata')
  return object as unknown as KubeObject
}
