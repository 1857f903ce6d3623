export type {
  Blobs,
  Bus,
  DeadLetter,
  DeadLetters,
  LeaseOptions,
  Leases,
  PublishedFact,
  Publisher,
  PublishOptions,
  Records,
  ReplayedStream,
  ReplayOptions,
  Row,
  RowChange,
} from './bus'
export { connectBus, type BusOptions } from './connect-bus'
export type { FactHandlers } from './consume/fact-consumer'
export type { Handling } from './consume/handle-facts'
export { FactConflictError, RecordConflictError, RecordSchemaError } from './errors'
export { busFaultPoints } from './fault-points'
export type { BusLog } from './log'
export { JetStreamStrategy } from './nest/jetstream-strategy'
export { OnFact } from './nest/on-fact'
export { natsConfig, natsStoreKey, provisionerId, type NatsConfigOptions } from './provision/nats-config'
export { provisionBus, type ProvisionOptions } from './provision/provision-bus'
