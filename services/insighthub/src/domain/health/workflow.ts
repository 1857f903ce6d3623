import { z } from 'zod'
import { defineRule, health } from '../verdict/rule'

export const workflow = defineRule({
  group: 'argoproj.io',
  kind: 'Workflow',
  shape: z.object({
    status: z.object({ phase: z.string().default(''), message: z.string().default('') }).prefault({}),
  }),
  judge({ status: { phase, message } }) {
    switch (phase) {
      case 'Succeeded':
        return health('Healthy', message)
      case 'Failed':
      case 'Error':
        return health('Degraded', message || `it ended with ${phase}`)
      default:
        return health('Progressing', message)
    }
  },
})
