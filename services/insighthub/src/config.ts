import { join } from 'node:path'
import { z } from 'zod'

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  /** How long a cluster may say nothing before what it runs is Unknown. */
  K8OR_INSIGHTHUB_SILENCE_MS: z.coerce.number().int().positive().default(30_000),
  K8OR_INDEX_MAX_AGE_DAYS: z.coerce.number().positive().default(90),
  K8OR_INDEX_MAX_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(1 << 30),
})

/** The settings of InsightHub. */
export interface Config {
  readonly index: {
    readonly file: string
    /** Older facts are removed; and the oldest while the file is larger than `maxBytes`. */
    readonly maxAgeMs: number
    readonly maxBytes: number
  }
  readonly silenceMs: number
}

/** Reads the settings from the environment; all problems are reported together. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.parse(env)
  return {
    index: {
      file: join(parsed.K8OR_STATE_DIR, 'insighthub', 'index.db'),
      maxAgeMs: parsed.K8OR_INDEX_MAX_AGE_DAYS * 86_400_000,
      maxBytes: parsed.K8OR_INDEX_MAX_BYTES,
    },
    silenceMs: parsed.K8OR_INSIGHTHUB_SILENCE_MS,
  }
}
