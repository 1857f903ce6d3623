import { z } from 'zod'

const Environment = z.object({
  /** For how long there is load, both halves together; the rests and the account come on top. */
  MINUTES: z.coerce.number().positive().default(60),
  MODE: z.enum(['processes', 'standalone']).default('processes'),
  /** Deployments a second. */
  SOAK_RATE: z.coerce.number().positive().default(2),
  SOAK_APPLICATIONS: z.coerce.number().int().positive().default(24),
  SOAK_REPOSITORIES: z.coerce.number().int().positive().default(4),
  SOAK_DRIFT_SECONDS: z.coerce.number().positive().default(5),
  /** Less where the first half would end before each process has had its turn. */
  SOAK_KILL_SECONDS: z.coerce.number().positive().default(60),
})

/** What the soak was asked for. */
export function soakConfig(environment: NodeJS.ProcessEnv = process.env) {
  const asked = Environment.parse(environment)
  return {
    mode: asked.MODE,
    halfMs: (asked.MINUTES * 60_000) / 2,
    pushEveryMs: 1_000 / asked.SOAK_RATE,
    driftEveryMs: asked.SOAK_DRIFT_SECONDS * 1_000,
    killEveryMs: asked.SOAK_KILL_SECONDS * 1_000,
    applications: asked.SOAK_APPLICATIONS,
    repositories: asked.SOAK_REPOSITORIES,
  }
}

export type SoakConfig = ReturnType<typeof soakConfig>
