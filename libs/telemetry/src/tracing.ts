import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  TracerProvider,
  type TracerProviderOptions,
} from '@opentelemetry/sdk-trace'
import { loadTelemetryConfig } from './config'

/** Tracing of this process; flushed last when it stops. */
export interface Tracing {
  stop(): Promise<void>
}

/**
 * Switches tracing on for this process. Trace and span ids are always made, so that the trace context flows from a webhook
 * to the cluster; spans are recorded and sent only where OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
 */
export async function startTracing(name: string, config = loadTelemetryConfig()): Promise<Tracing> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const provider = new TracerProvider(
    config.spansTo ? await exporting(name, config.spansTo) : { sampler: new AlwaysOffSampler() },
  )
  trace.setGlobalTracerProvider(provider)
  return { stop: () => provider.shutdown() }
}

async function exporting(name: string, url: string): Promise<TracerProviderOptions> {
  // Loaded only where spans are sent: it costs 40 ms and 3 MB.
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  return {
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({ 'service.name': name }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  }
}
