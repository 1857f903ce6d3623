export type { CallRoutes, Calls, ForwardedAnswer, ForwardedCall } from './calls'
