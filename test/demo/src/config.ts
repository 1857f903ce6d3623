import { z } from 'zod'

const aboveZero = 'DEMO_PATIENCE_S must be a number of seconds above 0'
const flag = z
  .string()
  .default('')
  .transform((text) => text !== '' && text !== '0')

const Environment = z.object({
  /** Leave when done instead of staying up. */
  DEMO_EXIT: flag,
  /** How many seconds each step of the story may take before it counts as not having happened. */
  DEMO_PATIENCE_S: z.coerce.number(aboveZero).positive(aboveZero).default(60),
  /** A kubeconfig: the demo plays on the cluster of its current context, after asking. KUBECONFIG is never looked at. */
  DEMO_KUBECONFIG: z.string().default(''),
  /** Says yes to that question, for those whom nobody can ask. */
  DEMO_YES: flag,
  /** `first` leaves out the story of the three clusters. */
  DEMO_ACTS: z.enum(['first', 'all'], 'DEMO_ACTS must be first or all').default('all'),
  MODE: z.enum(['standalone', 'processes'], 'MODE must be standalone or processes').default('standalone'),
})

/** What the demo was asked for. */
export function demoConfig(environment: NodeJS.ProcessEnv = process.env) {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => issue.message).join('; '))
  const { DEMO_EXIT, DEMO_PATIENCE_S, DEMO_KUBECONFIG, DEMO_YES, DEMO_ACTS, MODE } = parsed.data
  return {
    leaveWhenDone: DEMO_EXIT,
    patienceMs: DEMO_PATIENCE_S * 1000,
    kubeconfig: DEMO_KUBECONFIG || undefined,
    isAgreed: DEMO_YES,
    acts: DEMO_ACTS,
    mode: MODE,
  }
}
