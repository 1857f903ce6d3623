/* eslint-disable @typescript-eslint/no-explicit-any -- the rig reads whatever objects a test makes */

/** A Kubernetes object, typed as loosely as tests need. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: KubeMetadata
  readonly spec?: any
  readonly status?: any
  readonly data?: Readonly<Record<string, string>>
  readonly [field: string]: any
}

/** The part that every object has. */
export interface KubeMetadata {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[]
  readonly [field: string]: any
}
