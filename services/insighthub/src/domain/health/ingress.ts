import { z } from 'zod'
import { Balanced, defineRule, health } from '../verdict/rule'

export const ingress = defineRule({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  shape: z.object({ status: Balanced }),
  judge: ({ status }) =>
    status.entries === 0 ? health('Progressing', 'Waiting for a load balancer address') : health('Healthy'),
})
