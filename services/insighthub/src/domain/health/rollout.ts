import { HealthStatus } from '@k8or/contracts'
import { z } from 'zod'
import { defineRule, Generation, health, unobserved } from '../verdict/rule'

export const rollout = defineRule({
  group: 'argoproj.io',
  kind: 'Rollout',
  shape: z.object({
    metadata: Generation,
    status: z
      .object({
        // Of a Rollout it is text; long ago a digest, which says nothing.
        observedGeneration: z.union([z.string(), z.number()]).default(''),
        phase: z.string().default(''),
        message: z.string().default(''),
      })
      .prefault({}),
  }),
  judge({ metadata, status: { observedGeneration, phase, message } }) {
    if (phase === '' || metadata.generation > Number(observedGeneration)) return unobserved('Rollout')
    if (phase === 'Paused') return health('Suspended', message)
    const status = HealthStatus.safeParse(phase)
    return status.success ? health(status.data, message) : health('Unknown', `its phase is "${phase}"`)
  },
})
