export type { Identity } from './identity'
