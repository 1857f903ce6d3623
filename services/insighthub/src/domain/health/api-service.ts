import { z } from 'zod'
import { Conditions, defineRule, health } from '../verdict/rule'

export const apiService = defineRule({
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  shape: z.object({ status: z.object({ conditions: Conditions }).prefault({}) }),
  judge({ status }) {
    const available = status.conditions.find(({ type }) => type === 'Available')
    if (available?.status === 'True') return health('Healthy', available.message)
    return health('Progressing', available?.message || 'Waiting for it to become available')
  },
})
