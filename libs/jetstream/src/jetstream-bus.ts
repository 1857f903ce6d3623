import type { LeaseRecord, RecordDefinition, ServiceName } from '@k8or/contracts'
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { JetStreamBlobs } from './blobs/jetstream-blobs'
import type { Blobs, Bus, DeadLetters, LeaseOptions, Leases, Publisher, Records, ReplayOptions } from './bus'
import type { Reconnects } from './connection/reconnects'
import type { FactHandlers } from './consume/fact-consumer'
import { handleFacts, type Handling } from './consume/handle-facts'
import { JetStreamLeases } from './leases/jetstream-leases'
import type { BusLog } from './log'
import { FactPublisher } from './publish/publisher'
import { JetStreamRecords } from './records/jetstream-records'
import { JetStreamDeadLetters } from './replay/jetstream-dead-letters'
import { replayStream } from './replay/replay-stream'

/** The bus over one NATS connection. */
export class JetStreamBus implements Bus {
  readonly publisher: Publisher
  readonly deadLetters: DeadLetters
  private readonly js: JetStreamClient
  private readonly handlings = new Set<Handling>()

  constructor(
    readonly service: ServiceName,
    private readonly connection: NatsConnection,
    private readonly reconnects: Reconnects,
    private readonly log: BusLog,
  ) {
    this.js = jetstream(connection)
    this.publisher = new FactPublisher(this.js, service)
    this.deadLetters = new JetStreamDeadLetters(connection, this.js)
  }

  records<Value>(definition: RecordDefinition<Value>): Records<Value> {
    return this.rows(definition)
  }

  blobs(bucket: string): Blobs {
    return new JetStreamBlobs(this.connection, this.js, bucket)
  }

  leases(definition: RecordDefinition<LeaseRecord>, options: LeaseOptions): Leases {
    return new JetStreamLeases(this.rows(definition), options, this.log)
  }

  replay(options: ReplayOptions): Promise<void> {
    const { connection, reconnects, log } = this
    return replayStream({ connection, reconnects, log }, options)
  }

  async handle(handlers: FactHandlers): Promise<Handling> {
    const { js, log, service } = this
    const handling = await handleFacts({ js, log, service, handlers })
    this.handlings.add(handling)
    return handling
  }

  isConnected(): boolean {
    return this.reconnects.isConnected
  }

  async close(): Promise<void> {
    await Promise.all([...this.handlings].map((handling) => handling.stop()))
    if (!this.connection.isClosed()) await this.connection.drain()
  }

  private rows<Value>(definition: RecordDefinition<Value>): JetStreamRecords<Value> {
    const { connection, js, reconnects, log } = this
    return new JetStreamRecords({ connection, js, reconnects, log }, definition)
  }
}
