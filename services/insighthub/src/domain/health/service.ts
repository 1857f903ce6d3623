import { z } from 'zod'
import { Balanced, defineRule, health } from '../verdict/rule'

export const service = defineRule({
  group: '',
  version: 'v1',
  kind: 'Service',
  shape: z.object({
    spec: z.object({ type: z.string().default('') }).prefault({}),
    status: Balanced,
  }),
  judge({ spec, status }) {
    if (spec.type === 'LoadBalancer' && status.entries === 0)
      return health('Progressing', 'Waiting for a load balancer address')
    return health('Healthy')
  },
})
