import { z } from 'zod'
import { defineRule, health } from '../verdict/rule'

const Time = z.string().nullish()

export const cronJob = defineRule({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  shape: z.object({
    status: z
      .object({ active: z.array(z.unknown()).nullish(), lastScheduleTime: Time, lastSuccessfulTime: Time })
      .nullish(),
  }),
  judge({ status }) {
    if (!status) return health('Progressing', 'Waiting for the CronJob controller to see it')
    const { active, lastScheduleTime: scheduled, lastSuccessfulTime: succeeded } = status
    const running = active?.length ?? 0
    if (running > 0) return health('Healthy', `${running} ${running === 1 ? 'job is' : 'jobs are'} running`)
    // One that has not succeeded yet may have been made a minute ago: its Job tells whether it failed.
    if (scheduled && succeeded && Date.parse(succeeded) < Date.parse(scheduled))
      return health('Degraded', `Its run of ${scheduled} did not succeed; the last one that did ended at ${succeeded}`)
    return health('Healthy')
  },
})
