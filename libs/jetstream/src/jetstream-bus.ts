import type { LeaseRecord, RecordDefinition, ServiceName } from '@k8or/contracts'
import { JetStreamBlobs } from './blobs/jetstream-blobs'
import type { Blobs, Bus, DeadLetters, LeaseOptions, Leases, Publisher, Records, ReplayOptions } from './bus'
import type { Wire } from './connection/wire'
import type { FactHandlers } from './consume/fact-consumer'
import { handleFacts, type Handling } from './consume/handle-facts'
import { JetStreamLeases } from './leases/jetstream-leases'
import { pause } from './pause'
import { FactPublisher } from './publish/publisher'
import { JetStreamRecords } from './records/jetstream-records'
import { JetStreamDeadLetters } from './replay/jetstream-dead-letters'
import { replayStream } from './replay/replay-stream'

const drainMs = 2_000

/** The bus over one NATS connection. */
export class JetStreamBus implements Bus {
  readonly publisher: Publisher
  readonly deadLetters: DeadLetters
  private readonly handlings = new Set<Handling>()

  constructor(
    readonly service: ServiceName,
    private readonly wire: Wire,
  ) {
    this.publisher = new FactPublisher(wire, service)
    this.deadLetters = new JetStreamDeadLetters(wire)
  }

  records<Value>(definition: RecordDefinition<Value>): Records<Value> {
    return this.rows(definition)
  }

  blobs(bucket: string): Blobs {
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

  isConnected(): boolean {
    return this.wire.reconnects.isConnected
  }

  async close(): Promise<void> {
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
    return new JetStreamRecords(this.wire, definition)
  }
}
