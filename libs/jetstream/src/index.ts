export type {
  Blobs,
  Bus,
  LeaseOptions,
  Leases,
  PublishedFact,
  Publisher,
  PublishOptions,
  Records,
  ReplayOptions,
  Row,
  RowChange,
} from './bus'
