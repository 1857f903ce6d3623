import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { loadTelemetryConfig } from './config'

/** Tracing of this process; flushed last when it stops. */
export interface Tracing {
  stop(): Promise<void>
}

/**
 * Switches tracing on for this process. Trace and span ids are always made, so that the trace context flows from a webhook
 * to the cluster; spans are recorded and sent only where OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
 */
export function startTracing(name: string, config = loadTelemetryConfig()): Tracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const provider = new TracerProvider(config.exportsSpans ? exporting(name) : { sampler: new AlwaysOffSampler() })
  trace.setGlobalTracerProvider(provider)
  return { stop: () => provider.shutdown() }
}

function exporting(name: string) {
  // Loaded only where spans are sent: it costs 40 ms and 3 MB.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { OTLPTraceExporter } =
    require('@opentelemetry/exporter-trace-otlp-proto') as typeof import('@opentelemetry/exporter-trace-otlp-proto')
  return {
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({ 'service.name': name }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  }
}
