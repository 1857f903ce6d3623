import { z } from 'zod'

const Environment = z.object({
  /** Measured runs of each scenario. */
  BENCH_RUNS: z.coerce.number().int().positive().default(40),
  /** Names of scenarios, separated by commas; all when empty. */
  BENCH_ONLY: z.string().default(''),
  /** Says afterwards where the mesh's processor time went, by function. The figures are then those of a profiled mesh. */
  BENCH_PROFILE: z.stringbool().default(false),
  MODE: z.enum(['standalone', 'processes']).default('standalone'),
})

/** What the bench was asked for. */
export function benchConfig(environment: NodeJS.ProcessEnv = process.env) {
  const { BENCH_RUNS, BENCH_ONLY, BENCH_PROFILE, MODE } = Environment.parse(environment)
  const only = BENCH_ONLY.split(',').filter(Boolean)
  return { runs: BENCH_RUNS, only, isProfiled: BENCH_PROFILE, mode: MODE }
}
