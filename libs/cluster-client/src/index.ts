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
export { deadlineOf, type Deadline } from './deadline'
export type { Gate, GateRequest, GateResponse } from './gate'
export { createClusters } from './create-clusters'
export { httpsGate, type ClosableGate, type HttpsGateOptions } from './https-gate'
export { KubeError, type FieldFault } from './kube-error'
