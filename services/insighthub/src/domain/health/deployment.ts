import { z } from 'zod'
import { Conditions, Count, defineRule, Generation, health, isUnobserved, unobserved } from '../verdict/rule'

export const deployment = defineRule({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  shape: z.object({
    metadata: Generation,
    spec: z.object({ paused: z.boolean().default(false), replicas: z.number().int().optional() }).prefault({}),
    status: z
      .object({
        observedGeneration: Count,
        replicas: Count,
        updatedReplicas: Count,
        availableReplicas: Count,
        conditions: Conditions,
      })
      .prefault({}),
  }),
  judge(object) {
    const { spec, status } = object
    if (spec.paused) return health('Suspended', 'Deployment is paused')
    if (isUnobserved(object)) return unobserved('Deployment')
    const progress = status.conditions.find((condition) => condition.type === 'Progressing')
    if (progress?.reason === 'ProgressDeadlineExceeded')
      return health('Degraded', 'Rollout made no progress within its deadline')
    return unfinished(spec.replicas, status) ?? health('Healthy')
  },
})

function unfinished(
  desired: number | undefined,
  status: { replicas: number; updatedReplicas: number; availableReplicas: number },
) {
  const { replicas, updatedReplicas, availableReplicas } = status
  if (desired !== undefined && updatedReplicas < desired)
    return health('Progressing', `Waiting for rollout: ${updatedReplicas} of ${desired} replicas are updated`)
  if (replicas > updatedReplicas)
    return health('Progressing', `Waiting for rollout: ${replicas - updatedReplicas} old replicas are still running`)
  if (availableReplicas < updatedReplicas)
    return health(
      'Progressing',
      `Waiting for rollout: ${availableReplicas} of ${updatedReplicas} updated replicas are available`,
    )
  return undefined
}
