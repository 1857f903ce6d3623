import { join } from 'node:path'
import { z } from 'zod'

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  /** How long a cluster may say nothing before what it runs is Unknown. */
  K8OR_INSIGHTHUB_SILENCE_MS: z.coerce.number().int().positive().default(30_000),
})

/** The settings of InsightHub. */
export interface Config {
  readonly indexFile: string
  readonly silenceMs: number
}

/** Reads the settings from the environment; all problems are reported together. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.parse(env)
  return {
    indexFile: join(parsed.K8OR_STATE_DIR, 'insighthub', 'index.db'),
    silenceMs: parsed.K8OR_INSIGHTHUB_SILENCE_MS,
  }
}
