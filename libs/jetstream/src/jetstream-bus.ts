import { records, type LeaseRecord, type RecordDefinition, type ServiceName } from '@k8or/contracts'
import type { Blobs, Bus, DeadLetters, LeaseOptions, Leases, Publisher, Records, ReplayOptions } from './bus'
import { blobNames, JetStreamBlobs } from './blobs/jetstream-blobs'
import { Origins } from './connection/origins'
import type { Wire } from './connection/wire'
import type { FactHandlers } from './consume/fact-consumer'
import { durablesOf, handleFacts, type Handling } from './consume/handle-facts'
import { busFailure } from './errors'
import { JetStreamLeases } from './leases/jetstream-leases'
import { pause } from './pause'
import { FactPublisher } from './publish/publisher'
import { bucketNames } from './records/bucket'
import { JetStreamRecords } from './records/jetstream-records'
import { JetStreamDeadLetters } from './replay/jetstream-dead-letters'
import { replayStream } from './replay/replay-stream'
import { streamInfo } from './stored/stream-info'

const drainMs = 2_000

/** The bus over one NATS connection. */
export class JetStreamBus implements Bus {
  readonly publisher: Publisher
  readonly deadLetters: DeadLetters
  private readonly handlings = new Set<Handling>()
  private readonly origins: Origins
  private readonly closing = new AbortController()

  constructor(
    readonly service: ServiceName,
    private readonly wire: Wire,
  ) {
    this.publisher = new FactPublisher(wire, service)
    this.deadLetters = new JetStreamDeadLetters(wire)
    this.origins = new Origins({
      originOf: async (stream) => {
        const { created, state } = await streamInfo(wire, stream)
        return { created, lastSequence: state.last_seq }
      },
      isClosed: () => this.closing.signal.aborted || wire.connection.isClosed(),
      log: wire.log,
    })
    this.onReconnect(() => void this.origins.look())
  }

  records<Value>(definition: RecordDefinition<Value>): Records<Value> {
    return this.rows(definition)
  }

  blobs(bucket: string): Blobs {
    this.origins.follow(blobNames(bucket).stream)
    return new JetStreamBlobs(this.wire, bucket)
  }

  leases(definition: RecordDefinition<LeaseRecord>, options: LeaseOptions): Leases {
    return new JetStreamLeases(this.rows(definition), options, this.wire.log)
  }

  replay(options: ReplayOptions): Promise<void> {
    return replayStream(this.wire, options)
  }

  async handle(handlers: FactHandlers): Promise<Handling> {
    const handling = await handleFacts({ wire: this.wire, service: this.service, handlers })
    this.handlings.add(handling)
    return handling
  }

  onMadeAnew(listener: (stream: string) => void): void {
    this.origins.onAnew(listener)
  }

  onReconnect(listener: () => void): void {
    this.wire.reconnects.on(listener, this.closing.signal)
  }

  async assertProvisioned(): Promise<void> {
    const { service, wire } = this
    const needed = records.filter(({ owner, readers }) => owner === service || readers.includes(service))
    for (const record of needed) await this.rows<unknown>(record).get('none')
    for (const { stream, durable } of durablesOf(service))
      await wire
        .ask(() => wire.js.consumers.get(stream, durable))
        .catch((error: unknown) => {
          throw busFailure(`consumer ${durable} of ${stream}`, error)
        })
  }

  isConnected(): boolean {
    return this.wire.reconnects.isConnected
  }

  async close(): Promise<void> {
    this.closing.abort()
    this.origins.stop()
    await Promise.all([...this.handlings].map((handling) => handling.stop()))
    const { connection } = this.wire
    if (connection.isClosed()) return
    // While the server is away there is nobody to drain to, and a break in the middle leaves nothing to hand over.
    const ending = new AbortController()
    await Promise.race([connection.drain().catch(() => undefined), pause(drainMs, ending.signal)])
    ending.abort()
    if (!connection.isClosed()) await connection.close()
  }

  private rows<Value>(definition: RecordDefinition<Value>): JetStreamRecords<Value> {
    const { stream } = bucketNames(definition.bucket)
    this.origins.follow(stream)
    return new JetStreamRecords(this.wire, definition, (revision) => this.origins.saw(stream, revision))
  }
}
