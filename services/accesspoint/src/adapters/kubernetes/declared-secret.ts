import type { KubeObject } from '@k8or/kube-objects'

/** A Secret, its values as text. */
export interface DeclaredSecret {
  readonly name: string
  /** `Opaque`, `kubernetes.io/dockerconfigjson` … */
  readonly type: string
  readonly labels: Readonly<Record<string, string>>
  readonly data: Readonly<Record<string, string>>
}

/** Reads a Secret as the API server gives it. */
export function readSecret(object: KubeObject): DeclaredSecret {
  const data = (object['data'] ?? {}) as Record<string, string>
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')])
  return {
    name: object.metadata.name,
    type: typeof object['type'] === 'string' ? object['type'] : 'Opaque',
    labels: object.metadata.labels ?? {},
    data: Object.fromEntries(decoded) as Record<string, string>,
  }
}
