import { consumes, filterOf, manifestStore, records, services, streams, type RecordDefinition } from '@k8or/contracts'
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { blobNames } from '../blobs/jetstream-blobs'
import { durablesOf } from '../consume/handle-facts'
import { bucketNames } from '../records/bucket'
import { storedPrefix } from '../replay/replay-stream'

/** How much is kept, and on how many servers. */
export interface Retention {
  readonly replicas: number
  readonly factsMaxAgeMs: number
  readonly factsMaxBytes: number
  readonly accessMaxAgeMs: number
  readonly accessMaxBytes: number
}

const day = 86_400_000
const megabyte = 1024 * 1024

/** What is kept unless somebody says otherwise. */
export const defaultRetention: Retention = {
  replicas: 1,
  factsMaxAgeMs: 400 * day,
  factsMaxBytes: 2048 * megabyte,
  accessMaxAgeMs: 400 * day,
  accessMaxBytes: 2048 * megabyte,
}

type Wanted = Partial<StreamConfig> & { name: string; subjects: string[] }

/** Every stream of the mesh. */
export function wantedStreams(retention: Retention): Wanted[] {
  const { factsMaxAgeMs, factsMaxBytes, accessMaxAgeMs, accessMaxBytes, replicas } = retention
  return [
    { ...history('FACTS', factsMaxAgeMs, factsMaxBytes) },
    { ...history('ACCESS', accessMaxAgeMs, accessMaxBytes), compression: StoreCompression.S2 },
    deadLetters(),
    replays(),
    ...records.map(bucket),
    blobs(manifestStore.bucket),
  ].map((stream) => ({ ...stream, storage: StorageType.File, num_replicas: replicas }))
}

/** A stream whose messages nobody can change or remove; when it is full it refuses. */
function history(name: 'FACTS' | 'ACCESS', maxAgeMs: number, maxBytes: number): Wanted {
  return {
    name,
    subjects: [...streams[name].subjects],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_age: nanos(maxAgeMs),
    max_bytes: maxBytes,
    duplicate_window: nanos(600_000),
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
    republish: { src: '>', dest: `${storedPrefix(name)}>`, headers_only: true },
  }
}

function deadLetters(): Wanted {
  const { name, subjects } = streams.DEAD
  return {
    name,
    subjects: [...subjects],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(90 * day),
    max_bytes: 256 * megabyte,
    duplicate_window: nanos(600_000),
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
    republish: { src: '>', dest: `${storedPrefix(name)}>`, headers_only: true },
  }
}

function replays(): Wanted {
  const { name, subjects } = streams.REPLAYS
  return {
    name,
    subjects: [...subjects],
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    max_age: nanos(7 * day),
    max_bytes: 64 * megabyte,
    duplicate_window: nanos(2_000),
  }
}

/** The stream behind a KV bucket: what NATS KV makes, and rows are told to readers once they are stored. */
function bucket(record: RecordDefinition): Wanted {
  const { stream, rowPrefix, toldPrefix } = bucketNames(record.bucket)
  return {
    name: stream,
    subjects: [`${rowPrefix}>`],
    description: record.description,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_msg_size: megabyte,
    max_age: nanos(record.ttlMs),
    duplicate_window: nanos(record.ttlMs > 0 ? Math.min(record.ttlMs, 120_000) : 120_000),
    allow_direct: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
    allow_msg_ttl: true,
    subject_delete_marker_ttl: nanos(60_000),
    republish: { src: `${rowPrefix}>`, dest: `${toldPrefix}>` },
  }
}

function blobs(name: string): Wanted {
  const { stream, prefix } = blobNames(name)
  return {
    name: stream,
    subjects: [`${prefix}>`],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    compression: StoreCompression.S2,
    allow_direct: true,
    allow_rollup_hdrs: true,
    allow_msg_ttl: true,
    deny_delete: true,
  }
}

/** Every durable consumer, with the stream that it reads. */
export function wantedConsumers(): { stream: string; config: Partial<ConsumerConfig> & { durable_name: string } }[] {
  return services.flatMap((service) =>
    durablesOf(service).map(({ stream, durable, prefix }) => ({
      stream,
      config: {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: nanos(12_000),
        max_deliver: -1,
        max_ack_pending: 512,
        max_waiting: 64,
        filter_subjects:
          prefix === ''
            ? consumes[service].filter((event) => streams[event.stream].name === stream).map(filterOf)
            : [`${prefix}>`],
      },
    })),
  )
}
