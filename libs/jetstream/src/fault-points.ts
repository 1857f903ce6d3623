import { consumes, events, manifestStore, records, services, type ServiceName } from '@k8or/contracts'
import { faultPointName } from '@k8or/fault-points'

/** It reads the streams by replay: its index is the effect. */
const indexer: ServiceName = 'insighthub'

/** Where services may be killed on their way to the bus: at every fact, row, blob and handler of the contracts. */
export function busFaultPoints(): string[] {
  const { owner: keeper, bucket: blobs } = manifestStore
  return [
    ...events.flatMap(({ owner, fact }) => around(owner, 'fact', fact)),
    ...records.map(({ owner, bucket }) => faultPointName(owner, 'record', bucket)),
    ...around(keeper, 'blob', blobs),
    ...services.filter((service) => service !== indexer).flatMap(handledBy),
  ]
}

function around(service: string, effect: string, what: string): string[] {
  return (['before', 'after'] as const).map((moment) => faultPointName(service, effect, what, moment))
}

function handledBy(service: ServiceName): string[] {
  return consumes[service].map(({ fact }) => faultPointName(service, 'handled', fact))
}
