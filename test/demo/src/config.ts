import { z } from 'zod'

const aboveZero = 'DEMO_PATIENCE_S must be a number of seconds above 0'

const Environment = z.object({
  /** Leave when done instead of staying up. */
  DEMO_EXIT: z.string().default(''),
  /** How many seconds each step of the story may take before it counts as not having happened. */
  DEMO_PATIENCE_S: z.coerce.number(aboveZero).positive(aboveZero).default(60),
  MODE: z.enum(['standalone', 'processes'], 'MODE must be standalone or processes').default('standalone'),
})

/** What the demo was asked for. */
export function demoConfig(environment: NodeJS.ProcessEnv = process.env) {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => issue.message).join('; '))
  const { DEMO_EXIT, DEMO_PATIENCE_S, MODE } = parsed.data
  return { leaveWhenDone: DEMO_EXIT !== '' && DEMO_EXIT !== '0', patienceMs: DEMO_PATIENCE_S * 1000, mode: MODE }
}
