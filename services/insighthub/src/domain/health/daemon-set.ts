import { z } from 'zod'
import { Count, defineRule, Generation, health, isUnobserved, unobserved } from '../verdict/rule'

export const daemonSet = defineRule({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  shape: z.object({
    metadata: Generation,
    spec: z.object({ updateStrategy: z.object({ type: z.string().default('') }).prefault({}) }).prefault({}),
    status: z
      .object({
        observedGeneration: Count,
        desiredNumberScheduled: Count,
        updatedNumberScheduled: Count,
        numberAvailable: Count,
      })
      .prefault({}),
  }),
  judge(object) {
    const {
      desiredNumberScheduled: desired,
      updatedNumberScheduled: updated,
      numberAvailable: available,
    } = object.status
    if (isUnobserved(object)) return unobserved('DaemonSet')
    if (object.spec.updateStrategy.type === 'OnDelete')
      return health('Healthy', 'Pods are updated when they are deleted')
    if (updated < desired)
      return health('Progressing', `Waiting for rollout: ${updated} of ${desired} pods are updated`)
    if (available < desired)
      return health('Progressing', `Waiting for rollout: ${available} of ${desired} pods are available`)
    return health('Healthy')
  },
})
