import { z } from 'zod'

const Environment = z.object({
  K8OR_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
})

/** How much is told, and whether spans go anywhere. */
export interface TelemetryConfig {
  readonly logLevel: string
  /** The exporter reads the address itself; here it only decides whether it is loaded. */
  readonly exportsSpans: boolean
}

/** Reads the settings of logs and traces; services themselves never look at them. */
export function loadTelemetryConfig(env: NodeJS.ProcessEnv = process.env): TelemetryConfig {
  const parsed = Environment.parse(env)
  const endpoint = parsed.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? parsed.OTEL_EXPORTER_OTLP_ENDPOINT
  return { logLevel: parsed.K8OR_LOG_LEVEL, exportsSpans: endpoint !== undefined && endpoint !== '' }
}
