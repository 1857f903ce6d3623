export type { Links } from './links'
export type { ServiceApp } from './service-app'
