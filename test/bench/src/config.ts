import { z } from 'zod'

const Environment = z.object({
  /** Measured runs of each scenario. */
  BENCH_RUNS: z.coerce.number().int().positive().default(40),
  /** Names of scenarios, separated by commas; all when empty. */
  BENCH_ONLY: z.string().default(''),
  MODE: z.enum(['standalone', 'processes']).default('standalone'),
})

/** What the bench was asked for. */
export function benchConfig(environment: NodeJS.ProcessEnv = process.env) {
  const { BENCH_RUNS, BENCH_ONLY, MODE } = Environment.parse(environment)
  return { runs: BENCH_RUNS, only: BENCH_ONLY.split(',').filter(Boolean), mode: MODE }
}
