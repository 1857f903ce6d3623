import { z } from 'zod'
import { Count, defineRule, Generation, health, unobserved } from '../verdict/rule'

const UpdateStrategy = z
  .object({
    type: z.string().default(''),
    rollingUpdate: z.object({ partition: z.number().int().optional() }).nullish(),
  })
  .prefault({})

export const statefulSet = defineRule({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  shape: z.object({
    metadata: Generation,
    spec: z.object({ replicas: z.number().int().optional(), updateStrategy: UpdateStrategy }).prefault({}),
    status: z
      .object({
        observedGeneration: Count,
        readyReplicas: Count,
        updatedReplicas: Count,
        currentRevision: z.string().default(''),
        updateRevision: z.string().default(''),
      })
      .prefault({}),
  }),
  judge({ metadata, spec, status }) {
    const isNew = status.observedGeneration === 0
    if (isNew || metadata.generation > status.observedGeneration) return unobserved('StatefulSet')
    const { replicas, updateStrategy } = spec
    if (replicas !== undefined && status.readyReplicas < replicas)
      return health('Progressing', `Waiting for rollout: ${status.readyReplicas} of ${replicas} pods are ready`)
    if (updateStrategy.type === 'OnDelete') return health('Healthy', 'Pods are updated when they are deleted')
    const partition = updateStrategy.rollingUpdate?.partition
    if (replicas !== undefined && partition !== undefined)
      return judgePartition(status.updatedReplicas, replicas, partition)
    if (status.updateRevision !== status.currentRevision)
      return health(
        'Progressing',
        `Waiting for rollout: ${status.updatedReplicas} pods are at revision ${status.updateRevision}`,
      )
    return health('Healthy')
  },
})

function judgePartition(updated: number, replicas: number, partition: number) {
  const wanted = replicas - partition
  if (updated < wanted)
    return health('Progressing', `Waiting for partitioned rollout: ${updated} of ${wanted} pods are updated`)
  return health('Healthy', partition > 0 ? `Partitioned rollout complete: ${updated} pods are updated` : '')
}
