import { z } from 'zod'
import { Conditions, defineRule, health } from '../verdict/rule'

export const job = defineRule({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  shape: z.object({ status: z.object({ conditions: Conditions }).prefault({}) }),
  judge({ status }) {
    const holding = (type: string) =>
      status.conditions.find((condition) => condition.type === type && condition.status !== 'False')
    const failed = holding('Failed')
    if (failed) return health('Degraded', failed.message)
    const complete = holding('Complete')
    if (complete) return health('Healthy', complete.message)
    const suspended = holding('Suspended')
    if (suspended) return health('Suspended', suspended.message)
    return health('Progressing')
  },
})
