import { z } from 'zod'
import { Conditions, Count, defineRule, Generation, health, isUnobserved, unobserved } from '../verdict/rule'

export const replicaSet = defineRule({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  shape: z.object({
    metadata: Generation,
    spec: z.object({ replicas: z.number().int().optional() }).prefault({}),
    status: z.object({ observedGeneration: Count, availableReplicas: Count, conditions: Conditions }).prefault({}),
  }),
  judge(object) {
    const { spec, status } = object
    if (isUnobserved(object)) return unobserved('ReplicaSet')
    const failure = status.conditions.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True')
    if (failure) return health('Degraded', failure.message)
    if (spec.replicas !== undefined && status.availableReplicas < spec.replicas)
      return health(
        'Progressing',
        `Waiting for rollout: ${status.availableReplicas} of ${spec.replicas} replicas are available`,
      )
    return health('Healthy')
  },
})
