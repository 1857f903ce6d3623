export type {
  ApiResource,
  CallOptions,
  Clusters,
  Fence,
  KubeObject,
  ManagedFields,
  MutationOptions,
  WatchOptions,
} from './clusters'
export type { Gate, GateRequest, GateResponse } from './gate'
