export type { CallRoutes, Calls } from './calls'
