const listed = (kind: string): string[] => [kind, `${kind}List`]

/** Kinds in the order in which they are applied; every other kind comes after. */
export const kindOrder: readonly string[] = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  ...listed('Secret'),
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  ...listed('ClusterRole'),
  ...listed('ClusterRoleBinding'),
  ...listed('Role'),
  ...listed('RoleBinding'),
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
]

const ranks = new Map(kindOrder.map((kind, rank) => [kind, rank]))

/** Where a kind stands in the order of a sync. */
export function kindRank(kind: string): number {
  return ranks.get(kind) ?? kindOrder.length
}
