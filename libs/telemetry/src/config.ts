import { z } from 'zod'

const Environment = z.object({
  K8OR_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
})

/** How much is told, and whether spans go anywhere. */
export interface TelemetryConfig {
  readonly logLevel: string
  /** Where a collector takes spans; without one they are not recorded. */
  readonly spansTo?: string
}

/** Reads the settings of logs and traces; services themselves never look at them. */
export function loadTelemetryConfig(env: NodeJS.ProcessEnv = process.env): TelemetryConfig {
  const parsed = Environment.parse(env)
  const base = parsed.OTEL_EXPORTER_OTLP_ENDPOINT
  const spansTo =
    parsed.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base ? `${base.replace(/\/$/, '')}/v1/traces` : undefined)
  return { logLevel: parsed.K8OR_LOG_LEVEL, ...(spansTo ? { spansTo } : {}) }
}
