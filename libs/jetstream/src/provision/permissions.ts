import {
  consumes,
  events,
  filterOf,
  manifestStore,
  records,
  services,
  streams,
  type RecordDefinition,
  type ServiceName,
} from '@k8or/contracts'
import { blobNames } from '../blobs/jetstream-blobs'
import { apiPrefix } from '../connection/api-prefix'
import { inboxPrefixOf } from '../connection/connect'
import { durablesOf } from '../consume/handle-facts'
import { bucketNames } from '../records/bucket'
import { storedPrefix } from '../replay/replay-stream'

/** The subjects that a user of the bus may publish to and subscribe to; everything else is refused. */
export interface Permissions {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** The service that indexes all facts and looks after the dead letters. */
const indexer: ServiceName = 'insighthub'

/**
 * What a service may do, by the contracts alone. Nobody may make streams or consumers: through a consumer of its own
 * a service would have the server publish whatever it stored to whatever subject it named.
 */
function permissionsOf(service: ServiceName): Permissions {
  const owned = records.filter((record) => record.owner === service)
  const readable = records.filter((record) => record.owner === service || record.readers.includes(service))
  return {
    publish: [
      ...events.filter((event) => event.owner === service).map(filterOf),
      ...owned.map((record) => `${bucketNames(record.bucket).rowPrefix}>`),
      ...readable.flatMap(readsOf),
      ...durablesOf(service).flatMap(consumesOf),
      ...(consumes[service].length > 0 ? [`dead.${service}.>`] : []),
      ...(manifestStore.owner === service ? blobRights() : []),
      ...(service === indexer ? indexRights() : []),
    ],
    subscribe: [
      `${inboxPrefixOf(service)}.>`,
      ...readable.map((record) => `${bucketNames(record.bucket).toldPrefix}>`),
      ...(service === indexer ? indexed.map((stream) => `${storedPrefix(stream)}>`) : []),
    ],
  }
}

/** The permissions of every service. */
export function allPermissions(): Map<ServiceName, Permissions> {
  return new Map(services.map((service) => [service, permissionsOf(service)]))
}

const indexed = [streams.FACTS.name, streams.ACCESS.name, streams.DEAD.name]

/** Who reads rows may know, too, whether they still are those of the same stream. */
function readsOf(record: RecordDefinition): string[] {
  const { stream } = bucketNames(record.bucket)
  return [...directGet(stream), infoOf(stream)]
}

function consumesOf({ stream, durable }: { stream: string; durable: string }): string[] {
  return [
    `${apiPrefix}.CONSUMER.INFO.${stream}.${durable}`,
    `${apiPrefix}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
  ]
}

function blobRights(): string[] {
  const { stream, prefix } = blobNames(manifestStore.bucket)
  return [`${prefix}>`, ...directGet(stream), infoOf(stream)]
}

function indexRights(): string[] {
  return [...indexed.flatMap(directGet), ...indexed.map(infoOf), 'replay.>']
}

function infoOf(stream: string): string {
  return `${apiPrefix}.STREAM.INFO.${stream}`
}

function directGet(stream: string): string[] {
  return [`${apiPrefix}.DIRECT.GET.${stream}`, `${apiPrefix}.DIRECT.GET.${stream}.>`]
}
