import { z } from 'zod'
import { Conditions, defineRule, health } from '../verdict/rule'

/** Where autoscaling/v1, which has no conditions, keeps those of the later versions. */
const annotation = 'autoscaling.alpha.kubernetes.io/conditions'

const Status = z.object({ conditions: Conditions }).nullish()

const Annotated = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON' })
      return z.NEVER
    }
  })
  .pipe(Conditions)

export const horizontalPodAutoscaler = defineRule({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  shape: z.object({
    metadata: z.object({ annotations: z.object({ [annotation]: Annotated.optional() }).nullish() }).prefault({}),
    status: Status,
  }),
  judge({ metadata, status }) {
    const conditions = [...(status?.conditions ?? []), ...(metadata.annotations?.[annotation] ?? [])]
    const failed = conditions.find(({ status: is, reason }) => is === 'False' && isFailure(reason))
    if (failed) return health('Degraded', failed.message || failed.reason)
    const scales = conditions.find(({ type, status: is }) => isAnswer.has(type) && is === 'True')
    if (scales) return health('Healthy', scales.message)
    return health('Progressing', 'Waiting for the autoscaler to look at its target')
  },
})

const isAnswer = new Set(['AbleToScale', 'ScalingLimited'])

function isFailure(reason: string): boolean {
  return reason === 'InvalidSelector' || /^Failed(GetScale|UpdateScale|Get\w*Metric)$/.test(reason)
}
