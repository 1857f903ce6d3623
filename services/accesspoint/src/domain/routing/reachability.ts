import { clusterReachable, clusterUnreachable, sha256, type Announcer, type ClusterRecord } from '@k8or/contracts'
import { canonicalJson } from '@k8or/kube-objects'
import { reachabilityId } from '../fact-ids'
import type { ClusterEntry } from './clusters'

/** What is known of a cluster's reachability. */
export type Reachability =
  { readonly reachable: true; readonly version: string } | { readonly reachable: false; readonly reason: string }

/** The key of a cluster's row. */
export function clusterKey(name: string): string {
  return sha256(name).slice(0, 24)
}

/** What the record says of a cluster from now on. Where it begins or ceases to answer, that is still to be announced. */
export function observedRow(
  { name, server, project, labels, namespaces }: ClusterEntry,
  state: Reachability,
  before: ClusterRecord | undefined,
  now: Date,
): ClusterRecord {
  const same = before?.reachable === state.reachable ? before : undefined
  return {
    ...{ name, server, project, labels: { ...labels }, namespaces: [...namespaces] },
    reachable: state.reachable,
    reason: state.reachable ? '' : state.reason,
    version: state.reachable ? state.version : '',
    ...(same ? { since: same.since } : { since: now.toISOString() }),
    announced: same !== undefined && same.announced !== false,
  }
}

/** Whether two rows say the same of a cluster. */
export function isSameRow(one: ClusterRecord, other: ClusterRecord | undefined): boolean {
  return other !== undefined && canonicalJson(one) === canonicalJson({ ...other, announced: other.announced !== false })
}

/** Announces what a row says. After a crash it is said again, as the same fact. */
export async function announceReachability(
  { name, server, version, reason, reachable, since = '' }: ClusterRecord,
  announcer: Announcer<'accesspoint'>,
): Promise<void> {
  const token = clusterKey(name)
  const id = reachabilityId(reachable ? 'cluster.reachable' : 'cluster.unreachable', token, since)
  const draft = { id, token, time: new Date(since), causes: [], actor: 'service:accesspoint' }
  if (reachable) await announcer.publish(clusterReachable, { ...draft, data: { cluster: name, server, version } })
  else await announcer.publish(clusterUnreachable, { ...draft, data: { cluster: name, server, reason } })
}
