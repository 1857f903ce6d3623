import { consumes, streams, type EventDefinition, type ServiceName } from '@k8or/contracts'
import { FactConsumer, type ConsumerOptions } from './fact-consumer'

/** Facts are being handled, until it is stopped. */
export interface Handling {
  /** Takes no more facts and lets the handlers finish; tells them to abort after the grace. */
  stop(graceMs?: number): Promise<void>
}

/** The durable consumers of a service: one per stream that it reads, and one for what is handed to it again. */
export function durablesOf(service: ServiceName): { stream: string; durable: string; prefix: string }[] {
  const read = new Set(consumes[service].map((event) => event.stream))
  if (read.size === 0) return []
  return [
    ...[...read].map((stream) => ({ stream: streams[stream].name, durable: service, prefix: '' })),
    { stream: streams.REPLAYS.name, durable: service, prefix: `replay.${service}.` },
  ]
}

/** Begins to handle the facts of all durable consumers of a service. */
export async function handleFacts(options: Omit<ConsumerOptions, 'stream' | 'durable' | 'prefix'>): Promise<Handling> {
  assertConsumed(options.service, options.handlers.events.values())
  const consumers = durablesOf(options.service).map((durable) => new FactConsumer({ ...options, ...durable }))
  await Promise.all(consumers.map((consumer) => consumer.start()))
  return {
    stop: async (graceMs = 10_000) => {
      await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)))
    },
  }
}

function assertConsumed(service: ServiceName, events: Iterable<EventDefinition>): void {
  for (const event of events) {
    if (consumes[service].includes(event)) continue
    throw new Error(
      `${service} handles ${event.fact} but does not consume it: add it to libs/contracts/src/topology.ts`,
    )
  }
}
