import { z } from 'zod'

const Environment = z.object({
  /** Leave when done instead of staying up. */
  DEMO_EXIT: z.string().default(''),
  MODE: z.enum(['standalone', 'processes']).default('standalone'),
})

/** What the demo was asked for. */
export function demoConfig(environment: NodeJS.ProcessEnv = process.env) {
  const { DEMO_EXIT, MODE } = Environment.parse(environment)
  return { leaveWhenDone: DEMO_EXIT !== '' && DEMO_EXIT !== '0', mode: MODE }
}
