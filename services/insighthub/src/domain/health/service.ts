import { z } from 'zod'
import { defineRule, health } from '../verdict/rule'

export const service = defineRule({
  group: '',
  kind: 'Service',
  shape: z.object({
    spec: z.object({ type: z.string().default('') }).prefault({}),
    status: z.object({ loadBalancer: z.object({ ingress: z.array(z.unknown()).nullish() }).nullish() }).nullish(),
  }),
  judge({ spec, status }) {
    const entries = status?.loadBalancer?.ingress?.length ?? 0
    if (spec.type === 'LoadBalancer' && entries === 0)
      return health('Progressing', 'Waiting for a load balancer address')
    return health('Healthy')
  },
})
