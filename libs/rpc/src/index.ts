export type { CallRoutes, Calls, ForwardedAnswer, ForwardedCall } from './calls'
export {
  ConflictError,
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  TooLargeError,
  UnauthenticatedError,
} from './errors'
export { LocalCalls } from './local-calls'
export { networkCalls, type ClosableCalls, type NetworkCallsOptions } from './network-calls'
export { actorOf, peerOf } from './peer'
export { RpcModule, rpcRoutes, RpcService } from './rpc-service'
export {
  certifiedPeer,
  rpcHandler,
  startRpcServer,
  type RpcHandler,
  type RpcServer,
  type RpcServerOptions,
} from './rpc-server'
export { untilDone } from './until-done'
