import type { ResourceTarget } from '../request/kube-request'

/** Under what a mutation is made. */
export interface Fence {
  readonly application: string
  readonly release: number
  /** How often the application was set back to an older release: what was decided before the last time is over. */
  readonly setbacks: number
  readonly lease: number
}

/** The key of an object on a cluster; its version does not count, an API group may serve several. */
export function objectKey(cluster: string, { group, plural, namespace, name }: ResourceTarget): string {
  return [cluster, group, plural, namespace, name].join('/')
}
