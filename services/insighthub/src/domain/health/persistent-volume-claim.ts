import { z } from 'zod'
import { defineRule, health } from '../verdict/rule'

export const persistentVolumeClaim = defineRule({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  shape: z.object({ status: z.object({ phase: z.string().default('') }).prefault({}) }),
  judge({ status: { phase } }) {
    switch (phase) {
      case 'Bound':
        return health('Healthy')
      case 'Pending':
        return health('Progressing', 'Waiting for a volume to be bound')
      case 'Lost':
        return health('Degraded', 'The volume that it was bound to is gone')
      default:
        return health('Unknown', phase === '' ? 'it has no phase yet' : `its phase is "${phase}"`)
    }
  },
})
