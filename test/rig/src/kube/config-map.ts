import type { KubeObject } from './kube-object'

/** A ConfigMap: the smallest object that can be applied, changed, drift and be pruned. */
export function configMap(name: string, data: Record<string, string> = { v: '0' }, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data }
}
