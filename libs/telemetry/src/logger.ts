import { describeError, Later, Never } from '@k8or/outcome'
import { pino, type DestinationStream, type Logger } from 'pino'
import { loadTelemetryConfig } from './config'
import { redact, redactUrls } from './redaction'
import { currentTraceparent } from './traceparent'

export type { Logger }

/**
 * A logger of JSON lines. Secrets are masked, and the trace is named, so that `k8or trace` and a log can be laid side by side.
 * @example createLogger('chartstore').info({ application }, 'rendered')
 */
export function createLogger(name: string, options: { level?: string; destination?: DestinationStream } = {}): Logger {
  const settings = {
    name,
    level: options.level ?? loadTelemetryConfig().logLevel,
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    mixin: traceOfNow,
    formatters: {
      level: (level: string) => ({ level }),
      log: (fields: Record<string, unknown>) => redact(fields) as Record<string, unknown>,
    },
    serializers: { err: describeForLog, error: describeForLog },
    hooks: { streamWrite: redactUrls },
  }
  return options.destination ? pino(settings, options.destination) : pino(settings)
}

function traceOfNow(): object {
  const traceparent = currentTraceparent()
  return traceparent === undefined ? {} : { trace: traceparent.slice(3, 35), span: traceparent.slice(36, 52) }
}

/** What is expected is one line; what is not comes with its stack. */
function describeForLog(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Later || error instanceof Never) return describeError(error)
  return { message: describeError(error), stack: error.stack }
}
