import { sha256 } from '@k8or/contracts'
import { canonicalJson } from '@k8or/kube-objects'

/** The SHA-256 of a JSON value, whatever the order of its keys. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value))
}
